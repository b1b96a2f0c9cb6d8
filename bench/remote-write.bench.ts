/**
 * What does a sample cost at the gateway's remote write door, version 1.0? In requests of as many points as all doors are asked with, and of as many as Prometheus
 * sends by default. The built gateway as a process of its own, on a real Kafka (PEGEL_KAFKA_BROKERS, or one that is started); ten tenants. CPU seconds are from /proc (Linux).
 * Arguments: --seconds N (a turn), --rounds N, --clients N, --points N (a request of the first kind), --json FILE.
 */
import { loadDoor, POINTS } from './gateway/measure-door.ts'
import { sendLoad } from './load/send-load.ts'
import { workAsChild } from './support/child.ts'
import { PEER } from './support/collector.ts'
import type { GoalRow } from './support/goals.ts'
import { goalRow, reportGoals } from './support/goals.ts'
import { millionsPerCpu } from './support/usage.ts'

/** Prometheus' max_samples_per_send, https://prometheus.io/docs/prometheus/latest/configuration/configuration/#remote_write */
const PROMETHEUS_SAMPLES = 2000
const name = 'remote write 1.0 to Kafka'
const goal = { atLeast: 1.5 }

if (!(await workAsChild({ load: sendLoad }))) await main()

async function main(): Promise<void> {
  const rows: GoalRow[] = []
  for (const points of [POINTS, PROMETHEUS_SAMPLES]) {
    const [ours = NaN] = [...(await loadDoor({ name, door: 'remote write 1.0', hasPeer: false, points })).values()].map(
      millionsPerCpu,
    )
    rows.push(goalRow(`${name}, ${points} samples a request`, 'M points per CPU-second', ours, { goal }))
  }
  reportGoals(rows, PEER)
}
