import { describe, expect, it } from '@jest/globals'
import type { MetricRecord } from '@pegel/pipeline'
import { batchOf, complex, deltaSum, exponentialPoint, histogramPoint, stale } from '@pegel/testing'
import type { SeriesSpec } from '@pegel/testing'
import { DeltaPoints } from './delta-points.ts'
import { DeltaTotals } from './delta-totals.ts'
import type { Total } from './delta-totals.ts'

interface At {
  readonly offset: number
  readonly part?: number
  readonly topic?: string
  readonly tenant?: string
}

function recordAt(series: readonly SeriesSpec[], at: At): MetricRecord {
  const { offset, part = 0, topic = 'pegel.ingest.v1', tenant = 'acme' } = at
  const source = { topic, partition: 0, offset, appendTimeMs: 0, part, parts: 2 }
  return batchOf(tenant, series, { source }).record
}

const all = (): boolean => true
const values = (deltas: DeltaPoints, record: MetricRecord): unknown[] => [...deltas.of(record, all).values.values()]
const jobs = (timeMs: number, value: number): SeriesSpec => deltaSum('jobs', [[timeMs, value]])

/** What would be in the topic. */
const storedOf = (deltas: DeltaPoints, record: MetricRecord): Total[] =>
  structuredClone([...new Set(deltas.of(record, all).totals.values())])

describe('DeltaPoints', () => {
  it('adds increments up, over records and runs', () => {
    const deltas = new DeltaPoints(new DeltaTotals(10))
    const first = recordAt(
      [
        deltaSum('jobs', [
          [1, 2],
          [2, 3],
        ]),
        jobs(3, 5),
      ],
      { offset: 0 },
    )
    expect(values(deltas, first)).toEqual([[2], [5], [10]])
    expect(values(deltas, recordAt([jobs(4, 1)], { offset: 1 }))).toEqual([[11]])
  })

  it('adds a record once, however often it is tried', () => {
    const deltas = new DeltaPoints(new DeltaTotals(10))
    const record = recordAt([jobs(1, 2)], { offset: 0 })
    expect(values(deltas, record)).toEqual([[2]])
    expect(values(deltas, { ...record, select: Uint32Array.of(0) })).toEqual([[2]])
  })

  it('adds records again that were given up and come back as new objects', () => {
    const deltas = new DeltaPoints(new DeltaTotals(10))
    values(deltas, recordAt([jobs(1, 2)], { offset: 0 }))
    const given = [1, 2].map((offset) => recordAt([jobs(offset + 1, 3), deltaSum('other', [[offset, 1]])], { offset }))
    for (const record of given) values(deltas, record)
    deltas.undo([...given, recordAt([jobs(9, 9)], { offset: 9 })])
    const again = [1, 2].map((offset) => recordAt([jobs(offset + 1, 3), deltaSum('other', [[offset, 1]])], { offset }))
    expect(again.map((record) => values(deltas, record))).toEqual([
      [[5], [1]],
      [[8], [2]],
    ])
  })

  describe('of a replayed record', () => {
    const note = { replayId: 'r-1', letterTenant: '', written: true, late: new Set<number>() }
    const twoPoints = deltaSum('jobs', [
      [1, 2],
      [2, 3],
    ])
    const live = (): DeltaPoints => {
      const deltas = new DeltaPoints(new DeltaTotals(10))
      values(deltas, recordAt([twoPoints], { offset: 0 }))
      return deltas
    }

    it('are in the total already, and are not added again', () => {
      const deltas = live()
      const again = { ...recordAt([twoPoints], { offset: 0 }), replayed: note }
      expect(values(deltas, again)).toEqual(['applied', 'applied'])
      expect(deltas.of(again, all).totals.size).toBe(0)
      expect(values(deltas, recordAt([jobs(3, 1)], { offset: 1 }))).toEqual([[6]])
    })

    it('are refused where they were too late for it, or where the sink never had the record', () => {
      const deltas = live()
      const late = { ...recordAt([twoPoints], { offset: 1 }), replayed: { ...note, late: new Set([1]) } }
      expect(values(deltas, late)).toEqual(['applied', 'out_of_order'])
      const never = { ...recordAt([twoPoints], { offset: 2 }), replayed: { ...note, written: false } }
      expect(values(deltas, never)).toEqual(['out_of_order', 'out_of_order'])
      expect(values(deltas, recordAt([jobs(3, 1)], { offset: 3 }))).toEqual([[6]])
    })
  })

  it('skips what is delivered again, also after a restart, and goes on where it was', () => {
    const before = new DeltaPoints(new DeltaTotals(10))
    values(before, recordAt([jobs(1, 2)], { offset: 0 }))
    const last = recordAt([jobs(2, 3)], { offset: 1 })
    values(before, last)
    const totals = new DeltaTotals(10)
    totals.restore(storedOf(before, last))
    const after = new DeltaPoints(totals)
    const again = [jobs(1, 2), jobs(2, 3), jobs(3, 4)].map((series, offset) =>
      values(after, recordAt([series], { offset })),
    )
    expect(again).toEqual([['applied'], ['applied'], [[9]]])
  })

  it('gives the same values again when what it added was not stored', () => {
    const totals = new DeltaTotals(10)
    const deltas = new DeltaPoints(totals)
    const stored = recordAt([jobs(1, 2)], { offset: 0 })
    values(deltas, stored)
    const kept = storedOf(deltas, stored)
    const lost = values(deltas, recordAt([jobs(2, 3)], { offset: 1 }))
    totals.restore(kept)
    expect(values(deltas, recordAt([jobs(2, 3)], { offset: 1 }))).toEqual(lost)
  })

  it('tells the parts of a record and the topics apart', () => {
    const deltas = new DeltaPoints(new DeltaTotals(10))
    const at = (timeMs: number, where: At): unknown => values(deltas, recordAt([jobs(timeMs, 1)], where))[0]
    expect(at(1, { offset: 5, part: 0 })).toEqual([1])
    expect(at(2, { offset: 5, part: 1 })).toEqual([2])
    expect(at(2, { offset: 5, part: 0 })).toBe('applied')
    expect(at(3, { offset: 1, topic: 'pegel.ingest-direct.v1' })).toEqual([3])
    expect(at(3, { offset: 5, part: 1 })).toBe('applied')
  })

  it('cannot add what is older than what it has', () => {
    const deltas = new DeltaPoints(new DeltaTotals(10))
    values(deltas, recordAt([jobs(10, 2)], { offset: 0 }))
    expect(
      values(
        deltas,
        recordAt(
          [
            deltaSum('jobs', [
              [5, 1],
              [10, 1],
              [11, 4],
            ]),
          ],
          { offset: 1 },
        ),
      ),
    ).toEqual(['out_of_order', 'out_of_order', [6]])
  })

  it('keeps tenants and series apart', () => {
    const deltas = new DeltaPoints(new DeltaTotals(10))
    expect(values(deltas, recordAt([jobs(1, 2)], { offset: 0, tenant: 'a' }))).toEqual([[2]])
    expect(values(deltas, recordAt([jobs(1, 3)], { offset: 0, tenant: 'b' }))).toEqual([[3]])
    expect(values(deltas, recordAt([deltaSum('other', [[1, 4]])], { offset: 1, tenant: 'a' }))).toEqual([[4]])
  })

  it('never adds to the total of another series of the same fingerprint', () => {
    const totals = new DeltaTotals(10)
    const { total } = totals.open({ tenant: 'a', fingerprint: 'f', digest: 'one' })
    total.values = [5]
    expect(totals.open({ tenant: 'a', fingerprint: 'f', digest: 'one' }).total).toBe(total)
    expect(totals.open({ tenant: 'a', fingerprint: 'f', digest: 'two' }).total.values).toEqual([])
  })

  it('adds histograms bucket by bucket, and begins anew when their bounds change', () => {
    const deltas = new DeltaPoints(new DeltaTotals(10))
    const at = (timeMs: number, bounds: number[], counts: number[]): SeriesSpec =>
      complex('h', [[timeMs, histogramPoint(bounds, counts)]], { temporality: 'delta' })
    const record = recordAt([at(1, [1], [1, 2]), at(2, [1], [3, 0]), at(3, [2], [1, 1])], { offset: 0 })
    expect(values(deltas, record)).toEqual([
      [3, 6, 1, 2],
      [6, 12, 4, 2],
      [2, 4, 1, 1],
    ])
  })

  it('has no values for staleness markers; those of exponential histograms are whole histograms', () => {
    const deltas = new DeltaPoints(new DeltaTotals(10))
    const exponential = complex('e', [[1, exponentialPoint()]], { temporality: 'delta' })
    const record = recordAt([stale('jobs', [1], { kind: 'sum', temporality: 'delta' }), exponential], { offset: 0 })
    expect([...deltas.of(record, all).values]).toEqual([[1, [7, 21.5, 1, 1, 0, -1, 3, 1, 2, 3, 0]]])
  })

  it('does nothing for a record without increments', () => {
    const deltas = new DeltaPoints(new DeltaTotals(10))
    const record = recordAt([jobs(1, 2)], { offset: 0 })
    expect(deltas.known(record)).toBeUndefined()
    expect(deltas.of(record, () => false).values.size).toBe(0)
    expect(deltas.known(record)?.totals.size).toBe(0)
  })

  it('lets the least recently used totals go, and says which', () => {
    const totals = new DeltaTotals(2)
    const deltas = new DeltaPoints(totals)
    const of = (name: string, offset: number) => deltas.of(recordAt([deltaSum(name, [[offset, 1]])], { offset }), all)
    of('a', 0)
    of('b', 1)
    of('a', 2)
    const { evicted } = of('c', 3)
    expect([totals.size, evicted.length]).toEqual([2, 1])
    expect(evicted[0]?.lastTimeMs).toBe(1)
    expect([...of('a', 4).values.values()]).toEqual([[3]])
  })
})
