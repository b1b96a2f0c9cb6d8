import { pegel } from '../run/pegel.ts'
import type { AlertLine, AnomalyLine, DetectionLine } from './detection-records.ts'
import { DETECTOR, parseDetection } from './detection-records.ts'

export interface JudgeDetectionsOptions {
  readonly env: Readonly<Record<string, string>>
  readonly say: (line: string) => void
  /** Whether a detector ran at all. */
  readonly watched: boolean
  /** Whether the shop's fault must have been found: a run that is too short may miss it. */
  readonly demanded: boolean
}

/** Selectors of examples/tenants/shop.yaml that are about payments. */
const FAULT_WATCHES: readonly string[] = ['checkout', 'failed_orders']
/** What the shop must show, one of each kind: its fault, and the disk that fills for a day already. */
const DEMANDED: readonly { readonly what: string; readonly is: (record: AnomalyLine) => boolean }[] = [
  { what: 'an anomaly of its payments', is: ({ kind, watch }) => kind === 'anomaly' && FAULT_WATCHES.includes(watch) },
  { what: 'a drift of the model', is: ({ kind, metric }) => kind === 'drift' && metric === 'shop.model.confidence' },
  { what: 'a coming trouble', is: ({ kind, metric }) => kind === 'forecast' && metric === 'shop.disk.utilization' },
]
const SHOWN = 3

/** True when the detector found what was done to the shop, and none of its events is lost or there twice under two ids. */
export async function judgeDetections({ env, say, watched, demanded }: JudgeDetectionsOptions): Promise<boolean> {
  if (!watched) return true
  const { stdout } = await pegel(['anomalies', '--json', '--wait', '60s'], env)
  // Alerts of rules stand in the same topic, and have no anomaly.
  const records = stdout
    .split('\n')
    .flatMap((line) => parseDetection(line) ?? [])
    .filter((record) => record.record === 'anomaly' || record.source === DETECTOR)
  const anomalies = records.filter((record) => record.record === 'anomaly')
  const alerts = records.filter((record) => record.record === 'alert')
  const problems = eventProblems(records)
  if (demanded) problems.push(...notShown(records).map((what) => `the shop did not show ${what}`))
  const ofShop = openedInShop(records)
  for (const { is } of DEMANDED) {
    const found = [...new Map(ofShop.filter(is).map((each) => [each.id, each])).values()]
    for (const each of found.slice(0, SHOWN)) say(`  ${each.kind}: ${each.metric} (${each.derived}): ${each.reason}`)
  }
  say(summary(anomalies, alerts, problems.length === 0))
  for (const problem of problems) say(`  ${problem}`)
  return problems.length === 0
}

/** What the shop must show and has not, in words. */
export function notShown(records: readonly DetectionLine[]): readonly string[] {
  const opened = openedInShop(records)
  return DEMANDED.flatMap(({ what, is }) => (opened.some(is) ? [] : [what]))
}

function openedInShop(records: readonly DetectionLine[]): readonly AnomalyLine[] {
  const anomalies = records.filter((record) => record.record === 'anomaly')
  return anomalies.filter(({ tenant, status }) => tenant === 'shop' && status === 'opened')
}

function summary(anomalies: readonly AnomalyLine[], alerts: readonly AlertLine[], good: boolean): string {
  const opened = new Set(anomalies.filter(({ status }) => status === 'opened').map(({ id }) => id)).size
  const resolved = new Set(anomalies.filter(({ status }) => status === 'resolved').map(({ id }) => id)).size
  const firing = new Set(alerts.filter(({ status }) => status === 'firing').map(({ id }) => id)).size
  const verdict = good ? 'none lost, none opened twice' : 'NOT AS IT SHOULD BE'
  return `Detector: ${opened} anomalies opened, ${resolved} resolved, ${firing} alerts; ${verdict}`
}

/** Sentences about events that cannot be: whatever a crash repeated must be the same, and of one series one event follows the other. */
export function eventProblems(records: readonly DetectionLine[]): string[] {
  const problems: string[] = []
  const seen = new Map<string, string>()
  const open = new Map<string, string>()
  for (const record of records) {
    const key = `${record.record} ${record.id} ${record.status}`
    const text = JSON.stringify(record)
    const before = seen.get(key)
    seen.set(key, before ?? text)
    if (before !== undefined) {
      if (before !== text) problems.push(`${key} was written again with other content`)
    } else if (record.record === 'anomaly') problems.push(...orderProblems(record, open))
    else if (!seen.has(`anomaly ${record.id} ${record.status === 'firing' ? 'opened' : 'resolved'}`))
      problems.push(`${key} has no anomaly`)
  }
  return problems
}

/** @param open id of the open anomaly by series and kind */
function orderProblems(
  { id, status, tenant, fingerprint, derived, kind }: AnomalyLine,
  open: Map<string, string>,
): string[] {
  const key = [tenant, fingerprint, derived, kind].join('/')
  const current = open.get(key)
  if (status === 'opened') {
    open.set(key, id)
    return current === undefined ? [] : [`${key} was opened twice: ${current}, then ${id}`]
  }
  open.delete(key)
  return current === id ? [] : [`${key} was resolved as ${id}, while ${current ?? 'nothing'} was open`]
}
