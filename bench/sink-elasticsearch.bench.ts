/**
 * What does a point cost at sink-elasticsearch, and how many come through into a real Elasticsearch (of the environment, or one that is started)?
 * Eight metrics share each set of labels, so that a document has eight points. The CPU of the server is not counted. A real Kafka
 * (PEGEL_KAFKA_BROKERS, or one that is started). Arguments: --requests N (a round), --rounds N, --json FILE.
 */
import { intoBackend } from './drain/into-backend.ts'
import { measureDrain } from './drain/measure-drain.ts'
import { sendLoad } from './load/send-load.ts'
import { workAsChild } from './support/child.ts'

if (!(await workAsChild({ load: sendLoad })))
  await measureDrain({
    name: 'Kafka to Elasticsearch bulk',
    service: 'sink-elasticsearch',
    goal: { atLeast: 0.3 },
    wallGoal: { atLeast: 100_000 },
    surroundings: intoBackend('elasticsearch'),
  })
