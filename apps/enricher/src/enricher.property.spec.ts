import { describe, expect, it } from '@jest/globals'
import { createMemoryDirectory } from '@pegel/tenancy'
import type { SeriesSpec } from '@pegel/testing'
import fc from 'fast-check'
import { arbitrarySeries } from '../test/support/arbitrary-series.ts'
import { APPENDED_MS, bytesOf, ingestRecord, pointsOf } from '../test/support/batches.ts'
import { createEnricher } from './enricher.ts'

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
      fc.property(fc.array(arbitrarySeries, { maxLength: 8 }), fc.boolean(), (spec, large) => {
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
