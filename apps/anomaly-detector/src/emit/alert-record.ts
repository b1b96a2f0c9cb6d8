import { encodeRecord } from '@pegel/contracts'
import type { AlertRecord } from '@pegel/contracts'
import type { OutgoingRecord } from '@pegel/kafka'
import type { AlertSeverity } from '@pegel/tenancy'
import type { Finding } from '../series/finding.ts'
import { orNull } from '../series/open-anomaly.ts'
import { seriesText } from '../series/series-text.ts'
import { ALERTS_TOPIC } from '../topics.ts'

export const ALERT_SOURCE = 'anomaly-detector'

/** Of the resource, what a route may want to match; a point's own labels go before them. */
const RESOURCE_LABELS = [
  'service.name',
  'service.namespace',
  'service.instance.id',
  'host.name',
  'deployment.environment',
  'deployment.environment.name',
]

/** What the tenant wants acted on; undefined when it does not. An alert that was raised is resolved, whatever its file says by then. */
export function toAlert(finding: Finding): AlertRecord | undefined {
  const { status, state, derived, anomaly, value, atMs, resolution } = finding
  if (anomaly.alerted === '') return undefined
  const series = seriesText(state.identity, derived.name)
  const isLeader = anomaly.leaderId === anomaly.id
  return {
    ...{ tenant: state.identity.tenant, id: anomaly.id, source: ALERT_SOURCE },
    status: status === 'opened' ? 'firing' : 'resolved',
    name: anomaly.alertName,
    severity: anomaly.alerted as AlertSeverity,
    labels: labelsOf(finding),
    annotations: {
      summary: `${series}: ${anomaly.reason}`,
      ...(isLeader ? {} : { first_mover: anomaly.leaderSeries }),
      ...(resolution === '' ? {} : { resolution }),
    },
    startsAtMs: anomaly.openedAtMs,
    endsAtMs: status === 'resolved' ? atMs : null,
    groupId: anomaly.groupId,
    evidence: {
      ...{ series, score: anomaly.score, value: orNull(value), expected: anomaly.expected },
      ...{ lower: anomaly.lower, upper: anomaly.upper, firstMover: isLeader ? '' : anomaly.leaderSeries },
      forecast: anomaly.forecast,
    },
    generatorUrl: '',
  }
}

function labelsOf({ state: { identity }, derived, anomaly }: Finding): Record<string, string> {
  const resource = RESOURCE_LABELS.flatMap((key) => {
    const value = identity.resource[key]
    return value === undefined ? [] : [[key, value] as const]
  })
  return {
    ...Object.fromEntries(resource),
    ...identity.labels,
    ...{ metric: identity.metric, derived: derived.name, kind: anomaly.kind, watch: anomaly.watch },
    tenant: identity.tenant,
  }
}

export function alertOutputs(finding: Finding): readonly OutgoingRecord[] {
  const alert = toAlert(finding)
  return alert === undefined ? [] : [{ topic: ALERTS_TOPIC, key: alert.tenant, value: encodeRecord('Alert', alert) }]
}
