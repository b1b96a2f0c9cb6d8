/**
 * What does a point cost at the enricher, from `ingest` to `metrics`: tenant check, rules, static labels, fingerprints, ledger and commit? The
 * built service as a process of its own works off what the gateway has put into a real Kafka (PEGEL_KAFKA_BROKERS, or one that is started).
 * Arguments: --requests N (a round), --rounds N, --json FILE.
 */
import { measureDrain } from './drain/measure-drain.ts'
import { sendLoad } from './load/send-load.ts'
import { workAsChild } from './support/child.ts'

if (!(await workAsChild({ load: sendLoad })))
  await measureDrain({
    name: 'enricher, ingest to metrics',
    service: 'enricher',
    goal: { atLeast: 1.5 },
    surroundings: () => Promise.resolve({ env: {}, stop: () => Promise.resolve() }),
  })
