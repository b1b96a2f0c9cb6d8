import { complex, exponentialPoint, gauge, histogramPoint, sum, summaryPoint } from '@pegel/testing'
import type { SeriesSpec } from '@pegel/testing'
import fc from 'fast-check'
import { APPENDED_MS } from './batches.ts'

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
export const arbitrarySeries: fc.Arbitrary<SeriesSpec> = fc
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
