import { describe, expect, it } from '@jest/globals'
import { parseGroupBlock, parseSeriesBlock, readBatch } from '@pegel/contracts'
import { createMemoryDirectory } from '@pegel/tenancy'
import { complex, exponentialPoint, gauge, histogramPoint, sum, summaryPoint } from '@pegel/testing'
import type { SeriesSpec } from '@pegel/testing'
import fc from 'fast-check'
import { APPENDED_MS, bytesOf, ingestRecord } from '../test/support/batches.ts'
import { createEnricher } from './enricher.ts'

/** Every point of a batch with all that belongs to it, in order. */
function pointsOf(value: Buffer): unknown[] {
  const { points } = readBatch(value)
  const { columns, exemplars } = points
  return points.series.flatMap((run) => {
    const { attributes, ...identity } = parseSeriesBlock(run.block)
    return [...Array(run.count).keys()].map((index) => {
      const at = run.first + index
      return {
        ...identity,
        ...parseGroupBlock(run.group.block),
        attributes: attributes.filter(({ key }) => key !== 'tenant'),
        tenant: attributes.find(({ key }) => key === 'tenant')?.value,
        start: [run.startTimeMs, run.startTimeNs],
        time: [columns.timeMs[at], columns.timeNs[at]],
        value: columns.value[at],
        flags: columns.flags[at],
        complex: columns.complex?.[at],
        exemplars: exemplars.filter(({ point }) => point === at).map((exemplar) => ({ ...exemplar, point: 0 })),
      }
    })
  })
}

const labels = fc.dictionary(fc.constantFrom('a', 'b', 'Ärger'), fc.string({ maxLength: 20 }), { maxKeys: 3 })
const time = fc.integer({ min: APPENDED_MS - 1_000_000, max: APPENDED_MS })
const exemplar = fc.option(fc.record({ value: fc.double(), attributes: labels }), { nil: undefined })
const numbers = fc.array(fc.record({ timeMs: time, timeNs: fc.nat(999_999), value: fc.double(), exemplar }), {
  minLength: 1,
  maxLength: 5,
})
const complexPoint = fc.constantFrom(
  histogramPoint([1, 2], [3, 4, 5], { min: 1, max: 9 }),
  exponentialPoint(),
  summaryPoint([[0.5, 3]]),
)
const series: fc.Arbitrary<SeriesSpec> = fc
  .record({ attributes: labels, resource: labels, numbers, point: complexPoint, kind: fc.nat(2) })
  .map(({ attributes, resource, numbers: points, point, kind }) => {
    const extras = { attributes, resource, startTimeMs: APPENDED_MS - 5_000_000 }
    const timed = points.map(({ timeMs }) => [timeMs, point] as const)
    if (kind === 0) return complex('c', timed, extras)
    return {
      ...(kind === 1 ? gauge('g', [], extras) : sum('s', [], extras)),
      points: points.map((each) => clean(each)),
    }
  })

function clean<T extends { exemplar?: object | undefined }>({ exemplar: maybe, ...point }: T) {
  return maybe === undefined ? point : { ...point, exemplar: maybe as { value: number } }
}

/** Enough of it that a batch has to be split. */
function fatten(spec: SeriesSpec): SeriesSpec[] {
  const fat = { ...spec, attributes: { ...spec.attributes, fat: 'x'.repeat(20_000) } }
  return Array<SeriesSpec>(10).fill(fat)
}

describe('the enricher, without rules', () => {
  const directory = createMemoryDirectory()
  directory.apply(
    { tenant: 'acme', version: 1, deleted: false, yaml: 'tenant: acme', appliedAtMs: 0 },
    APPENDED_MS - 60_000,
  )
  const enricher = createEnricher({ tenants: directory, maxCacheBytes: 1 << 16 })

  it('changes nothing but the tenant, in whatever order, number and parts', () => {
    fc.assert(
      fc.property(fc.array(series, { maxLength: 8 }), fc.boolean(), (spec, large) => {
        const record = ingestRecord(large ? spec.flatMap(fatten) : spec)
        const result = enricher.process(record)
        if (result.status === 'wait') throw new Error(result.reason)
        const expected = pointsOf(bytesOf(record)).map((point) => ({ ...(point as object), tenant: 'acme' }))
        expect(result.outputs.flatMap((output) => pointsOf(bytesOf(output)))).toEqual(expected)
        expect(result.rows.reduce((total, row) => total + row.produced, 0)).toBe(expected.length)
        for (const output of result.outputs) expect(bytesOf(output).byteLength).toBeLessThanOrEqual(512 * 1024)
      }),
      { numRuns: 50 },
    )
  })
})
