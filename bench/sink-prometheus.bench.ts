/**
 * What does a point cost at sink-prometheus, from Kafka to remote write 1.0 and the commit? The built service works off a backlog towards a receiver
 * that takes everything, by turns with the OpenTelemetry Collector and the same points. A real Kafka (PEGEL_KAFKA_BROKERS, or one that is started).
 * Arguments: --requests N (a round), --rounds N, --json FILE.
 */
import { measureDrain } from './drain/measure-drain.ts'
import { sendLoad } from './load/send-load.ts'
import { startChild, workAsChild } from './support/child.ts'
import { takeAll } from './support/receiver.ts'

if (!(await workAsChild({ load: sendLoad, receiver: takeAll })))
  await measureDrain({
    name: 'Kafka to remote write 1.0',
    service: 'sink-prometheus',
    goal: { atLeast: 1.5 },
    async surroundings() {
      const receiver = startChild('receiver', {})
      const url = String((await receiver.ready).url)
      return {
        env: { PEGEL_PROMETHEUS_URL: url, PEGEL_PROMETHEUS_PROTOCOL: '1.0' },
        peerUrl: url,
        async stop() {
          receiver.end()
          await receiver.result
        },
      }
    },
  })
