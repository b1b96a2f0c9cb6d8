import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { batchOf } from '@pegel/testing'
import { CELLS } from '../test/cells.ts'
import { describeRequest } from '../test/read-request.ts'
import { addRecord } from './add-points.ts'
import { DeltaPoints } from './delta-points.ts'
import { DeltaTotals } from './delta-totals.ts'
import { RenderingCache } from './rendering-cache.ts'
import { TargetInfo } from './target-info.ts'
import { STATUS } from './status.ts'
import { WriteRequest } from './write-request.ts'

const GOLDEN = new URL('../test/golden/', import.meta.url)

describe('golden files', () => {
  it.each(Object.keys(CELLS))('%s', (cell) => {
    const { record } = batchOf('acme', CELLS[cell] ?? [])
    const request = new WriteRequest()
    const renderings = new RenderingCache(1000, 1_000_000)
    const deltas = new DeltaPoints(new DeltaTotals(1000))
    addRecord(request, 0, record, {
      nativeHistograms: true,
      customBuckets: true,
      exemplars: true,
      rendering: (of, run) => renderings.get(of.envelope.tenant, run),
      accumulated: (of) => deltas.of(of, (run) => renderings.get('acme', run).temporality === 'delta').values,
    })
    new TargetInfo(10).add(request, record)
    request.settle()
    const statuses = Array.from({ length: request.units }, (_, unit) => request.status(unit))
    expect(new Set(statuses)).toEqual(new Set([STATUS.open]))
    const text = describeRequest(request.encode())
    expect(text).toBe(readFileSync(new URL(`${cell}.txt`, GOLDEN), 'utf8'))
    // 2.0 says the same, whatever else it says.
    expect(describeRequest(request.encode(undefined, '2.0'), '2.0')).toBe(text)
  })

  it('are each of a cell, and in the table of the README', () => {
    const files = readdirSync(GOLDEN).sort()
    expect(files).toEqual(
      Object.keys(CELLS)
        .map((cell) => `${cell}.txt`)
        .sort(),
    )
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
    expect(files.filter((file) => !readme.includes(`(test/golden/${file})`))).toEqual([])
  })
})
