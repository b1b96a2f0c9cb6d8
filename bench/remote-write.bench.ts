/**
 * What does a sample cost at the gateway's remote write door, version 1.0? The built gateway as a process of its own, on a real Kafka
 * (PEGEL_KAFKA_BROKERS, or one that is started); ten tenants. CPU seconds are from /proc (Linux).
 * Arguments: --seconds N (a turn), --rounds N, --clients N, --points N (a request), --json FILE.
 */
import { measureDoor } from './gateway/measure-door.ts'
import { sendLoad } from './load/send-load.ts'
import { workAsChild } from './support/child.ts'

const question = {
  name: 'remote write 1.0 to Kafka',
  door: 'remote write 1.0',
  hasPeer: false,
  goal: { atLeast: 1.5 },
} as const

if (!(await workAsChild({ load: sendLoad }))) await measureDoor(question)
