/**
 * How soon is a request answered, when 100,000 points arrive a second? 100 requests a second of 1,000 points over OTLP/HTTP, each when it is due, whether or
 * not those before have been answered; the time counts from then. An answer means that Kafka has the points. By turns with the OpenTelemetry Collector.
 * A real Kafka (PEGEL_KAFKA_BROKERS, or one that is started). Arguments: --seconds N (a turn), --rounds N, --json FILE.
 */
import { loadDoor } from './gateway/measure-door.ts'
import { sendLoad } from './load/send-load.ts'
import { quantile } from './support/bootstrap.ts'
import { workAsChild } from './support/child.ts'
import { PEER } from './support/collector.ts'
import { goalRow, reportGoals } from './support/goals.ts'

const name = 'request to Kafka acknowledged, at 100,000 points/s'

if (!(await workAsChild({ load: sendLoad }))) await main()

async function main(): Promise<void> {
  const usages = await loadDoor({ name, door: 'OTLP/HTTP protobuf', hasPeer: true, requestsPerSecond: 100 })
  const at = (share: number) => [...usages.values()].map(({ latenciesMs }) => quantile(latenciesMs, share))
  const [[p50 = NaN, peer50], [p99 = NaN, peer99]] = [at(0.5), at(0.99)]
  const rows = [
    goalRow(`${name}: p99`, 'ms', p99, { peer: peer99, goal: { atMost: 5, ratioAtMost: 1 } }),
    goalRow(`${name}: p50`, 'ms', p50, { peer: peer50 }),
  ]
  reportGoals(rows, PEER)
}
