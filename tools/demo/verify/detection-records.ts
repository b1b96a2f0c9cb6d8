/** What `pegel anomalies --json` prints; the parts that the demo reads. */
export interface AnomalyLine {
  readonly record: 'anomaly'
  readonly tenant: string
  readonly id: string
  readonly kind: 'anomaly' | 'drift' | 'forecast'
  readonly status: 'opened' | 'resolved'
  readonly fingerprint: string
  readonly metric: string
  readonly derived: string
  readonly labels: Readonly<Record<string, string>>
  readonly reason: string
  readonly openedAtMs: number
  readonly resolution: string
  readonly groupId: string
  readonly firstMover: { readonly series: string } | null
  readonly watch: string
}

export interface AlertLine {
  readonly record: 'alert'
  /** Who raised it: anomaly-detector, alertmanager … */
  readonly source: string
  readonly tenant: string
  readonly id: string
  readonly status: 'firing' | 'resolved'
  readonly name: string
  readonly severity: string
  readonly annotations: Readonly<Record<string, string>>
  readonly startsAtMs: number
  readonly endsAtMs: number | null
}

export type DetectionLine = AnomalyLine | AlertLine

/** Undefined for a line that is none. */
export function parseDetection(line: string): DetectionLine | undefined {
  return line.startsWith('{"record"') ? (JSON.parse(line) as DetectionLine) : undefined
}

export const DETECTOR = 'anomaly-detector'
const WHO: Readonly<Record<string, string>> = { [DETECTOR]: 'detector', alertmanager: 'rule' }

export function detectionLine({
  tenant,
  source,
  status,
  severity,
  name,
  annotations,
  startsAtMs,
  endsAtMs,
}: AlertLine): string {
  const clock = new Date(endsAtMs ?? startsAtMs).toISOString().slice(11, 19)
  const what =
    status === 'firing'
      ? `${severity} ${name}`
      : `resolved ${name}${annotations.resolution === undefined ? '' : ` (${annotations.resolution})`}`
  const mover = annotations.first_mover === undefined ? '' : ` [first: ${shorten(annotations.first_mover)}]`
  return `${WHO[source] ?? source}: ${tenant} ${clock} ${what}: ${shorten(annotations.summary ?? '')}${mover}`
}

/** Labels that all series of the demo have. */
function shorten(series: string): string {
  return series
    .replace(/environment="demo",?|url\.scheme="http",?/g, '')
    .replace(/,}/, '}')
    .replace('{}', '')
}
