import { eventually } from '../../../libs/testing/src/eventually.ts'
import type { Rig } from '../rig/rig.ts'
import type { KnownRecord, Loss } from '../scenarios/loss.ts'

const ALERT_MS = 30_000

/** What the stage that lost something says at once: its counter, and the alert on it. */
export async function checkStage(rig: Rig, { counter, records, alerts }: Loss): Promise<string[]> {
  const failures = counter === undefined ? [] : [...(await checkCounter(rig, counter, records))]
  for (const alert of alerts) failures.push(...(await checkAlert(rig, alert)))
  return failures
}

/** Holds what the ledger says, once the minute has closed, against what was destroyed. */
export async function checkLedger(rig: Rig, loss: Loss): Promise<string[]> {
  const { missingParts, missingRecords } = await rig.books.snapshot()
  const failures: string[] = []
  if (loss.sink === null) {
    for (const { partition, offset } of loss.records) {
      const named = missingRecords.some(
        (range) => range.partition === partition && range.from <= offset && offset < range.to,
      )
      if (!named) failures.push(`the ledger does not miss record ${partition}@${offset} of ingest`)
    }
  } else {
    const lost = loss.records.filter(({ booked }) => !booked)
    for (const [tenant, records] of Map.groupBy(lost, (record) => record.tenant)) {
      const parts = missingParts.filter((part) => part.tenant === tenant && part.sink === loss.sink)
      const [named, points] = [parts.reduce((sum, part) => sum + part.points, 0), pointsOf(records)]
      if (parts.length !== records.length || named !== points) {
        failures.push(
          `the ledger misses ${named} points in ${parts.length} records of ${tenant}, not ${points} in ${records.length}`,
        )
      }
      const others = missingParts.filter((part) => part.tenant === tenant && part.sink !== loss.sink)
      if (others.length > 0)
        failures.push(`the ledger misses records of ${tenant} at ${others.map(({ sink }) => sink).join()}`)
    }
  }
  return [...failures, ...(await checkAlert(rig, 'PegelLedgerUnbalanced'))]
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

function pointsOf(records: readonly KnownRecord[]): number {
  return records.reduce((sum, { points }) => sum + points, 0)
}
