/**
 * What does a point cost at sink-influxdb, from Kafka to line protocol (gzip) and the commit? The built service works off a backlog towards a real
 * InfluxDB (of the environment, or one that is started), whose CPU is not counted. A real Kafka (PEGEL_KAFKA_BROKERS, or one that is started).
 * No peer runs here: Telegraf 1.37 did 0.33 M points per CPU-second, from line protocol in Kafka to its influxdb_v2 output, on another day.
 * Arguments: --requests N (a round), --rounds N, --json FILE.
 */
import { intoBackend } from './drain/into-backend.ts'
import { measureDrain } from './drain/measure-drain.ts'
import { sendLoad } from './load/send-load.ts'
import { workAsChild } from './support/child.ts'

if (!(await workAsChild({ load: sendLoad }))) {
  await measureDrain({
    name: 'Kafka to InfluxDB line protocol, gzip',
    service: 'sink-influxdb',
    goal: { atLeast: 1 },
    surroundings: intoBackend('influxdb'),
  })
  process.stdout.write('\nTelegraf 1.37 was not run; measured before on such a machine: 0.33 M points per CPU-second\n')
}
