import type { OffsetRange } from '@pegel/pipeline'
import { eventually } from '../../../libs/testing/src/eventually.ts'
import type { BackendName } from '../rig/backends.ts'
import type { Rig } from '../rig/rig.ts'
import type { KnownRecord, Loss } from '../scenarios/loss.ts'

const ALERT_MS = 30_000
const INGEST = 'pegel.ingest.v1'
const UNBALANCED = 'PegelLedgerUnbalanced'

/** What the stage that lost something says at once: its counter, and the alert on it. */
export async function checkStage(rig: Rig, { counter, records, alerts }: Loss): Promise<string[]> {
  const failures = counter === undefined ? [] : [...(await checkCounter(rig, counter, records))]
  for (const alert of alerts) failures.push(...(await checkAlert(rig, alert)))
  return failures
}

/** Holds what the ledger says, once the minute has closed, against what was destroyed. */
export async function checkLedger(rig: Rig, loss: Loss): Promise<string[]> {
  const failures = loss.sink === null ? await checkRecords(rig, loss) : await checkPoints(rig, loss, loss.sink)
  // A stage that noticed has raised its own alert, and the books balance.
  return loss.alerts.length > 0 ? failures : [...failures, ...(await checkAlert(rig, UNBALANCED))]
}

/** Of ingest records that nobody has read it can only name offsets. */
async function checkRecords(rig: Rig, { records }: Loss): Promise<string[]> {
  const { missingRecords, expiredRecords } = await rig.books.snapshot()
  const named = [...missingRecords, ...expiredRecords.filter(({ sink }) => sink === '')]
  return records
    .filter((at) => !named.some((range) => isIn(range, at)))
    .map(({ partition, offset }) => `the ledger does not name record ${partition}@${offset} of ingest`)
}

function isIn(range: OffsetRange, { partition, offset }: KnownRecord): boolean {
  return range.topic === INGEST && range.partition === partition && range.from <= offset && offset < range.to
}

/** What a sink said had expired counts as that; what nobody said anything of is named by record. */
async function checkPoints(rig: Rig, { records }: Loss, sink: BackendName): Promise<string[]> {
  const failures: string[] = []
  const tenants = Map.groupBy(
    records.filter(({ booked }) => !booked),
    ({ tenant }) => tenant,
  )
  const [books, { missingParts }] = [await rig.books.of([...tenants.keys()]), await rig.books.snapshot()]
  for (const [tenant, lost] of tenants) {
    const missing = missingParts.filter((part) => part.tenant === tenant)
    const expired = books.get(tenant)?.sinks.get(sink)?.counts.expired ?? 0
    const named = expired + pointsOf(missing.filter((part) => part.sink === sink))
    if (named !== pointsOf(lost))
      failures.push(
        `the ledger misses ${named} points of ${tenant} at ${sink} (${expired} expired), not ${pointsOf(lost)}`,
      )
    const others = [...new Set(missing.map((part) => part.sink))].filter((other) => other !== sink)
    if (others.length > 0) failures.push(`the ledger misses records of ${tenant} at ${others.join()}`)
  }
  return failures
}

async function checkCounter(
  rig: Rig,
  { service, name }: NonNullable<Loss['counter']>,
  records: readonly KnownRecord[],
): Promise<readonly string[]> {
  const text = await (await fetch(`http://${rig.metricsOf(service)}/metrics`)).text()
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`))
  const counted = lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
  return counted === records.length ? [] : [`${service} counts ${counted} lost records, not ${records.length}`]
}

async function checkAlert(rig: Rig, alert: string): Promise<readonly string[]> {
  try {
    await eventually(() => isFiring(rig, alert), { deadlineMs: ALERT_MS, everyMs: 500 })
    return []
  } catch (error) {
    return [String(error)]
  }
}

async function isFiring({ backends }: Rig, name: string): Promise<void> {
  const response = await fetch(`${backends.sites.prometheus.url}/api/v1/alerts`)
  const { data } = (await response.json()) as {
    data: { alerts: readonly { labels: Readonly<Record<string, string>>; state: string }[] }
  }
  if (!data.alerts.some(({ labels, state }) => labels.alertname === name && state === 'firing'))
    throw new Error(`the alert ${name} does not fire`)
}

function pointsOf(records: readonly { readonly points: number }[]): number {
  return records.reduce((sum, { points }) => sum + points, 0)
}
