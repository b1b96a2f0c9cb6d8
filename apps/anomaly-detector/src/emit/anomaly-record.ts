import { encodeRecord } from '@pegel/contracts'
import type { AnomalyRecord } from '@pegel/contracts'
import type { OutgoingRecord } from '@pegel/kafka'
import type { Finding, Kind } from '../series/finding.ts'
import { orNull } from '../series/open-anomaly.ts'
import { ANOMALIES_TOPIC } from '../topics.ts'

/** What becomes known of a beginning or an end. */
export function toAnomaly({ status, state, derived, anomaly, value, atMs, resolution }: Finding): AnomalyRecord {
  const { identity } = state
  const { id, leaderId, leaderSeries, groupStartMs } = anomaly
  return {
    ...{ tenant: identity.tenant, id, kind: anomaly.kind as Kind, status },
    ...{ fingerprint: identity.fingerprint, metric: identity.metric, derived: derived.name, unit: identity.unit },
    ...{ labels: identity.labels, resource: identity.resource },
    ...{ score: anomaly.score, value: orNull(value) },
    ...{ expected: anomaly.expected, lower: anomaly.lower, upper: anomaly.upper, reason: anomaly.reason },
    openedAtMs: anomaly.openedAtMs,
    resolvedAtMs: status === 'resolved' ? atMs : null,
    ...{ resolution, groupId: anomaly.groupId },
    firstMover: leaderId === id ? null : { id: leaderId, series: leaderSeries, openedAtMs: groupStartMs },
    ...{ forecast: anomaly.forecast, watch: anomaly.watch, maintenance: anomaly.maintenance },
  }
}

export function anomalyOutput(finding: Finding): OutgoingRecord {
  const { tenant } = finding.state.identity
  return { topic: ANOMALIES_TOPIC, key: tenant, value: encodeRecord('Anomaly', toAnomaly(finding)) }
}
