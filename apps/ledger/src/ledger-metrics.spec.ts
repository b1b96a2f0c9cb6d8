import { describe, expect, it } from '@jest/globals'
import type { LedgerReport, SinkBalance, TenantBalance } from '@pegel/pipeline'
import { createMetrics } from '@pegel/telemetry'
import { LedgerMetrics } from './ledger-metrics.ts'

const MINUTE = 60_000

function sinkOf(over: Partial<SinkBalance> = {}): SinkBalance {
  const none = { alreadyPresent: 0, collapsed: 0, collided: 0, unsupported: 0, notRouted: 0, deadLettered: 0 }
  return {
    ...{ sink: 'influxdb', produced: 10, delivered: 10, ...none, parked: 0, expired: 0, tenantDeleted: 0 },
    ...{ inFlight: 0, oldestInFlightMs: null, maxLatencyMs: 1, unbalanced: 0 },
    ...over,
  }
}

function tenantOf(tenant: string, sink: SinkBalance): TenantBalance {
  const none = { dropped: 0, refused: 0, tenantDeleted: 0, unreadable: 0, droppedBy: {}, refusedBy: {}, unbalanced: 0 }
  return { tenant, records: 1, received: 10, produced: 10, ...none, sinks: [sink] }
}

function report(windows: LedgerReport['windows'], tenants: readonly TenantBalance[]): LedgerReport {
  return { tenants, windows, missingRecords: [], missingParts: [], waitingRecords: 0, balanced: true }
}

const window = (startMs: number, closed: boolean) => ({
  ...{ startMs, closed, balanced: true },
  tenants: [tenantOf('acme', sinkOf())],
})

describe('LedgerMetrics', () => {
  it('counts each minute once, when it and all before it have closed', async () => {
    const metrics = createMetrics({ service: 'test', defaults: false })
    const shown = new LedgerMetrics(metrics)
    const tenants = [tenantOf('acme', sinkOf())]
    const total = async () => /^pegel_ledger_received_points_total\{.*\} (\d+)$/m.exec(await metrics.expose())?.[1]
    shown.show(report([window(0, true), window(MINUTE, false), window(2 * MINUTE, true)], tenants), 3 * MINUTE)
    expect(await total()).toBe('10')
    shown.show(report([window(0, true), window(MINUTE, true), window(2 * MINUTE, true)], tenants), 3 * MINUTE)
    shown.show(report([window(MINUTE, true), window(2 * MINUTE, true)], tenants), 4 * MINUTE)
    expect(await total()).toBe('30')
    expect(await metrics.expose()).toMatch(/^pegel_ledger_closed_until_seconds\{.*\} 180$/m)
  })

  it('adds up tenants that share a label, and takes the greatest age', async () => {
    const metrics = createMetrics({ service: 'test', defaults: false, maxTenants: 0 })
    const shown = new LedgerMetrics(metrics)
    const waiting = (sinceMs: number) => sinkOf({ delivered: 7, inFlight: 3, oldestInFlightMs: sinceMs })
    shown.show(report([], [tenantOf('acme', waiting(1000)), tenantOf('globex', waiting(5000))]), 11_000)
    const text = await metrics.expose()
    expect(text).toMatch(/^pegel_ledger_in_flight_points\{.*tenant="_other".*\} 6$/m)
    expect(text).toMatch(/^pegel_ledger_oldest_undelivered_age_seconds\{.*\} 10$/m)
    shown.show(report([], [tenantOf('acme', sinkOf())]), 12_000)
    expect(await metrics.expose()).toMatch(/^pegel_ledger_oldest_undelivered_age_seconds\{.*\} 0$/m)
  })
})
