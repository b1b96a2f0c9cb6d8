import { setTimeout as sleep } from 'node:timers/promises'
import { encodeRecord } from '@pegel/contracts'
import type { AlertRecord } from '@pegel/contracts'
import type { Producer } from '@pegel/kafka'

export interface Sent {
  readonly alert: AlertRecord
  /** LogAppendTime of the record. */
  readonly atMs: number
}

export interface LoadOptions {
  readonly producer: Producer
  readonly tenants: number
  readonly perMinute: number
  readonly seconds: number
}

const TICK_MS = 50

/** Alerts at an even rate, tenants taking turns; each one is another alert. */
export async function sendAlerts({ producer, tenants, perMinute, seconds }: LoadOptions): Promise<readonly Sent[]> {
  const total = Math.round((perMinute / 60) * seconds)
  const startMs = performance.now()
  const sends: Promise<readonly Sent[]>[] = []
  for (let next = 0; next < total;) {
    const due = Math.min(total, Math.ceil(((performance.now() - startMs) / 60_000) * perMinute))
    const alerts = Array.from({ length: due - next }, (_, offset) => alertOf(next + offset, tenants))
    next = due
    if (alerts.length > 0) sends.push(send(producer, alerts))
    await sleep(TICK_MS)
  }
  return (await Promise.all(sends)).flat()
}

async function send(producer: Producer, alerts: readonly AlertRecord[]): Promise<readonly Sent[]> {
  const places = await producer.send(
    alerts.map((alert) => ({ topic: 'pegel.alerts.v1', key: alert.tenant, value: encodeRecord('Alert', alert) })),
  )
  return alerts.map((alert, index) => ({ alert, atMs: places[index]?.timestampMs ?? 0 }))
}

function alertOf(index: number, tenants: number): AlertRecord {
  const turn = index % tenants
  const tenant = `t${turn}`
  return {
    ...{
      tenant,
      id: String(index),
      source: 'gateway',
      status: 'firing',
      name: `Alert${turn % 3}`,
      severity: 'warning',
    },
    labels: { tenant, instance: String(index), service: 'shop', region: 'eu' },
    annotations: { summary: 'something is wrong', runbook_url: 'https://example.com/runbook' },
    ...{ startsAtMs: Date.now(), endsAtMs: null, groupId: '', evidence: null, generatorUrl: '' },
  }
}
