import { describe, expect, it } from '@jest/globals'
import { DEFAULT_LIMITS } from '@pegel/tenancy'
import type { TenantLimits } from '@pegel/tenancy'
import { tenantConfig } from '@pegel/testing'
import { ActiveSeries } from './active-series.ts'
import type { SeriesLabels } from './labels.ts'
import { NEVER, OPEN_GATE } from './series-gate.ts'

const WINDOW_MS = 8000

function labels(number: number): SeriesLabels {
  const block = new Uint8Array(0)
  const rest = { block, slab: null, blockAt: 0, problem: undefined, labelBytes: 0, admittedAt: NEVER }
  return { ...rest, fingerprintHi: number, fingerprintLo: -number }
}

function setUp(limits: Partial<TenantLimits> = {}, maxTracked = 100) {
  const series = new ActiveSeries({ windowMs: WINDOW_MS, maxTracked })
  /** What the gate says of each series, in one request. */
  const admit = (tenant: string, nowMs: number, numbers: readonly number[]): readonly (string | undefined)[] => {
    const gate = series.gate(tenantConfig(tenant, { limits: { ...DEFAULT_LIMITS, ...limits } }), nowMs)
    return numbers.map((number) => gate.admit(labels(number)))
  }
  return { series, admit }
}

describe('ActiveSeries', () => {
  it('lets in as many series as the limit says and refuses others, while those that are in stay in', () => {
    const { admit, series } = setUp({ maxActiveSeries: 2 })
    expect(admit('acme', 0, [1, 2, 3, 1])).toEqual([undefined, undefined, 'max_active_series', undefined])
    expect(admit('acme', 4000, [1, 3])).toEqual([undefined, 'max_active_series'])
    expect(admit('globex', 4000, [3])).toEqual([undefined])
    // 2 is not active any more.
    expect(admit('acme', 9000, [3, 2])).toEqual([undefined, 'max_active_series'])
    expect([series.active('acme'), series.active('globex'), series.tracked]).toEqual([2, 1, 3])
  })

  it('holds the rate of new series, after a burst', () => {
    const { admit } = setUp({ newSeriesPerSecond: 1, burstNewSeries: 2 })
    expect(admit('acme', 0, [1, 2, 3, 1])).toEqual([undefined, undefined, 'new_series_per_second', undefined])
    expect(admit('acme', 1000, [3, 4])).toEqual([undefined, 'new_series_per_second'])
  })

  it('asks for a series once in an eighth of the window', () => {
    const { series } = setUp()
    const known = labels(1)
    const acme = tenantConfig('acme')
    series.gate(acme, 0).admit(known)
    expect(known.admittedAt).toBe(series.gate(acme, 999).stamp)
    expect(known.admittedAt).not.toBe(series.gate(acme, 1000).stamp)
  })

  it('forgets what a request brought of which nothing was taken, and gives its rate back', () => {
    const { series, admit } = setUp({ newSeriesPerSecond: 1, burstNewSeries: 2 })
    const limits = { ...DEFAULT_LIMITS, newSeriesPerSecond: 1, burstNewSeries: 2 }
    const acme = tenantConfig('acme', { limits })
    const gate = series.gate(acme, 0)
    const [one, two] = [labels(1), labels(2)]
    gate.admit(one)
    gate.admit(two)
    gate.withdraw()
    gate.withdraw()
    expect(series.tracked).toBe(0)
    expect([one.admittedAt, two.admittedAt]).not.toContain(series.gate(acme, 0).stamp)
    expect(admit('acme', 0, [3, 4, 5])).toEqual([undefined, undefined, 'new_series_per_second'])
  })

  it('counts no more series than it may keep; those beyond are let in', () => {
    const { series, admit } = setUp({}, 2)
    expect(admit('acme', 0, [1, 2, 3])).toEqual([undefined, undefined, undefined])
    expect([series.tracked, series.untracked]).toEqual([2, 1])
  })

  it('forgets tenants that send nothing any more', () => {
    const { series, admit } = setUp()
    admit('acme', 0, [1])
    admit('globex', 5000, [1])
    series.sweep(9000)
    expect([...series.tenants(), series.tracked]).toEqual(['globex', 1])
    expect(series.active('acme')).toBe(0)
  })
})

describe('OPEN_GATE', () => {
  it('lets everything in', () => {
    expect(OPEN_GATE.admit(labels(1))).toBeUndefined()
    OPEN_GATE.withdraw()
    expect(OPEN_GATE.stamp).toBe(labels(1).admittedAt)
  })
})
