import { describe, expect, it } from '@jest/globals'
import { readBatch, scanBatch } from '@pegel/contracts'
import type { PointsChunk } from '@pegel/contracts'
import { gauge, histogramPoint, complex } from '@pegel/testing'
import type { SeriesSpec } from '@pegel/testing'
import fc from 'fast-check'
import { arbitrarySeries } from '../test/support/arbitrary-series.ts'
import { APPENDED_MS, bytesOf, ingestRecord, pointsOf, sealed } from '../test/support/batches.ts'
import { rulesOf } from '../test/support/rules.ts'
import { BatchRelabeler } from './batch-relabeler.ts'
import { BatchRewriter } from './batch-rewriter.ts'
import type { Rewritten } from './batch-rewriter.ts'
import { SeriesOutcomes } from './series-outcomes.ts'

const rules = rulesOf(
  'acme',
  1,
  `static_labels: {zone: eu}
rules:
  - {id: no_b, action: drop, source_labels: [a], regex: '.*b.*'}
  - {id: one_name, action: replace, source_labels: [a], regex: '(.).*', target_label: first, replacement: $1}`,
)
const relabeler = new BatchRelabeler()
const rewriter = new BatchRewriter()

function relabelled(value: Buffer, declared = readBatch(value).envelope.points): Rewritten | undefined {
  const outcomes = new SeriesOutcomes(1 << 20).under(rules, false)
  return relabeler.relabel({ runs: scanBatch(value).runs, declared, outcomes })
}

function rewritten(value: Buffer): Rewritten {
  const outcomes = new SeriesOutcomes(1 << 20).under(rules, false)
  return rewriter.rewrite({ points: readBatch(value).points, rules, outcomes, receivedAtMs: undefined })
}

/** All that a reader sees. */
const seen = ({ chunks, dropped, refused }: Rewritten): unknown => ({
  points: pointsOf(sealed(chunks)),
  dropped,
  refused,
})
const timesOf = ({ points, minTimeMs, maxTimeMs }: PointsChunk): unknown => ({ points, minTimeMs, maxTimeMs })
const valueOf = (series: readonly SeriesSpec[]): Buffer => bytesOf(ingestRecord(series))

describe('BatchRelabeler', () => {
  it('makes of a batch what the rewriter makes of it', () => {
    fc.assert(
      fc.property(fc.array(arbitrarySeries, { maxLength: 12 }), (series) => {
        const value = valueOf([...series, ...series])
        const [ours, theirs] = [relabelled(value), rewritten(value)]
        if (ours === undefined) throw new Error('it is no special case')
        expect(seen(ours)).toEqual(seen(theirs))
        expect(ours.chunks.map(timesOf)).toEqual(theirs.chunks.map(timesOf))
      }),
      { numRuns: 100 },
    )
  })

  const fat = { attributes: { fat: 'x'.repeat(20_000) } }
  const many = (count: number) => Array.from({ length: count }, (_none, index) => [APPENDED_MS - index, index] as const)
  const exemplars = Array.from({ length: 60 }, (_none, index) => ({
    timeMs: APPENDED_MS - index,
    value: 1,
    exemplar: { value: 1, attributes: { trace: 'y'.repeat(120) } },
  }))
  const buckets = Array.from({ length: 5000 }, (_none, index) => index)

  it.each<[string, readonly SeriesSpec[]]>([
    ['that must be split', Array<SeriesSpec>(40).fill(gauge('g', many(1), fat))],
    ['with long exemplars', [{ ...gauge('g', []), points: exemplars }]],
    ['with a large point', [complex('h', [[APPENDED_MS, histogramPoint(buckets, [...buckets, 1])]])]],
  ])('leaves to the rewriter a batch %s', (_what, series) => {
    const value = valueOf(series)
    expect(relabelled(value)).toBeUndefined()
    // The next one is not touched by what was left.
    const next = relabelled(valueOf([gauge('up', many(2))]))
    expect(next?.chunks.map(({ points }) => points)).toEqual([2])
  })

  it('gives every batch memory of its own, whatever the one before needed', () => {
    const values = [2, 500, 3].map((points) => valueOf([gauge('up', many(points)), gauge('down', many(points * 9))]))
    const outcomes = new SeriesOutcomes(1 << 20).under(rules, false)
    const all = values.map((value) => {
      const declared = readBatch(value).envelope.points
      return relabeler.relabel({ runs: scanBatch(value).runs, declared, outcomes })
    })
    for (const [index, value] of values.entries()) {
      const ours = all[index]
      if (ours === undefined) throw new Error('it is no special case')
      expect(seen(ours)).toEqual(seen(rewritten(value)))
    }
  })

  it('leaves to the rewriter a batch that has not as many points as it says', () => {
    const value = valueOf([gauge('up', many(2))])
    expect(relabelled(value, 3)).toBeUndefined()
    expect(relabelled(value, 2)).toBeDefined()
  })
})
