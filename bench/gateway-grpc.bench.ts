/**
 * What does a point cost at the gateway's OTLP/gRPC door? The built gateway as a process of its own, on a real Kafka
 * (PEGEL_KAFKA_BROKERS, or one that is started), by turns with the OpenTelemetry Collector; ten tenants. CPU seconds are from /proc (Linux).
 * Arguments: --seconds N (a turn), --rounds N, --clients N, --points N (a request), --json FILE.
 */
import { measureDoor } from './gateway/measure-door.ts'
import { sendLoad } from './load/send-load.ts'
import { workAsChild } from './support/child.ts'

const question = {
  name: 'OTLP/gRPC to Kafka',
  door: 'OTLP/gRPC',
  hasPeer: true,
  goal: { ratioAtLeast: 2 },
} as const

if (!(await workAsChild({ load: sendLoad }))) await measureDoor(question)
