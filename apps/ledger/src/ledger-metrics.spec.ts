import { describe, expect, it } from '@jest/globals'
import { NO_COUNTS } from '@pegel/contracts'
import type { LedgerSnapshot, SinkBalance, TenantBalance } from '@pegel/pipeline'
import { createMetrics } from '@pegel/telemetry'
import type { Metrics } from '@pegel/telemetry'
import { LedgerMetrics } from './ledger-metrics.ts'

const MINUTE = 60_000

function sinkOf(over: Partial<SinkBalance> = {}): SinkBalance {
  const none = { inFlight: 0, oldestUndeliveredMs: null, maxLatencyMs: 1, unbalanced: 0 }
  return { ...NO_COUNTS, sink: 'influxdb', produced: 10, delivered: 10, ...none, ...over }
}

function tenantOf(tenant: string, sink: SinkBalance, over: Partial<TenantBalance> = {}): TenantBalance {
  const none = { dropped: 0, refused: 0, tenantDeleted: 0, unreadable: 0, droppedBy: {}, refusedBy: {}, unbalanced: 0 }
  return { tenant, records: 1, received: 10, produced: 10, ...none, unconfirmed: 0, sinks: [sink], ...over }
}

function snapshot(tenants: readonly TenantBalance[], over: Partial<LedgerSnapshot> = {}): LedgerSnapshot {
  const nothing = { missingRecords: [], missingParts: [], expiredRecords: [], waitingRecords: 0, gone: [] }
  return { takenAtMs: 11_000, sinceMs: 0, tenants, windows: [], ...nothing, keptRecords: 0, sealedWindows: 0, ...over }
}

async function valueOf(metrics: Metrics, name: string, labels = ''): Promise<number | undefined> {
  const found = new RegExp(`^${name}\\{${labels}.*\\} (.+)$`, 'm').exec(await metrics.expose())
  return found === null ? undefined : Number(found[1])
}

function shown(maxTenants = 200) {
  const metrics = createMetrics({ service: 'test', defaults: false, maxTenants })
  return { metrics, books: new LedgerMetrics(metrics) }
}

describe('LedgerMetrics', () => {
  it('counts what is new, not what was there when it came', async () => {
    const { metrics, books } = shown()
    const delivered = (outcome = 'delivered') => valueOf(metrics, 'pegel_ledger_points_total', `.*"${outcome}"`)
    books.show(snapshot([tenantOf('acme', sinkOf())]))
    expect([await delivered(), await valueOf(metrics, 'pegel_ledger_received_points_total')]).toEqual([0, 0])
    const mended = sinkOf({ delivered: 12, deadLettered: 3 })
    books.show(snapshot([tenantOf('acme', mended, { received: 15 })]))
    expect([await delivered(), await delivered('dead_lettered')]).toEqual([2, 3])
    expect(await valueOf(metrics, 'pegel_ledger_received_points_total')).toBe(5)
    // The dead letters were replayed, and what was there at first is no longer kept.
    const kept = tenantOf('acme', sinkOf({ delivered: 5 }), { received: 5 })
    books.show(snapshot([kept], { gone: [tenantOf('acme', sinkOf())] }))
    expect([await delivered(), await delivered('dead_lettered')]).toEqual([5, 3])
    expect(await valueOf(metrics, 'pegel_ledger_received_points_total')).toBe(5)
  })

  it('adds up tenants that share a label, and takes the greatest age', async () => {
    const { metrics, books } = shown(0)
    const waiting = (sinceMs: number) => sinkOf({ delivered: 6, inFlight: 3, parked: 1, oldestUndeliveredMs: sinceMs })
    const lost = { unconfirmed: 2 }
    books.show(snapshot([tenantOf('acme', waiting(1000), lost), tenantOf('globex', waiting(5000), lost)]))
    const other = (name: string) => valueOf(metrics, name, 'tenant="_other"')
    expect(await other('pegel_ledger_in_flight_points')).toBe(6)
    expect(await other('pegel_ledger_parked_points')).toBe(2)
    expect(await other('pegel_ledger_unconfirmed_points')).toBe(4)
    expect(await other('pegel_ledger_oldest_undelivered_age_seconds')).toBe(10)
    books.show(snapshot([tenantOf('acme', sinkOf())]))
    expect(await other('pegel_ledger_oldest_undelivered_age_seconds')).toBe(0)
    expect(await valueOf(metrics, 'pegel_ledger_points_total', '.*parked')).toBeUndefined()
  })

  it('shows what is wrong, and how far the books are closed', async () => {
    const { metrics, books } = shown()
    const window = (startMs: number, closed: boolean) => ({ startMs, closed, balanced: true, tenants: [] })
    const wrong = {
      missingRecords: [{ topic: 'pegel.ingest.v1', partition: 0, from: 3, to: 7 }],
      ...{ keptRecords: 12, sealedWindows: 1 },
      windows: [window(0, true), window(MINUTE, false), window(2 * MINUTE, true)],
    }
    books.show(snapshot([tenantOf('acme', sinkOf({ unbalanced: 4 }), { unbalanced: -2 })], wrong))
    expect(await valueOf(metrics, 'pegel_ledger_missing_records')).toBe(4)
    expect(await valueOf(metrics, 'pegel_ledger_kept_records')).toBe(12)
    expect(await valueOf(metrics, 'pegel_ledger_sealed_minutes')).toBe(1)
    expect(await valueOf(metrics, 'pegel_ledger_judged_seconds')).toBe(11)
    expect(await valueOf(metrics, 'pegel_ledger_closed_until_seconds')).toBe(60)
    expect(await valueOf(metrics, 'pegel_ledger_unbalanced_points', 'tenant="acme",sink=""')).toBe(2)
    expect(await valueOf(metrics, 'pegel_ledger_unbalanced_points', 'tenant="acme",sink="influxdb"')).toBe(4)
  })
})
