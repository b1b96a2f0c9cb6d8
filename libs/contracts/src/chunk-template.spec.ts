import { beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { encodeGroupBlock, encodeSeriesBlock } from './blocks.ts'
import { ChunkMarks, ChunkTemplate } from './chunk-template.ts'
import type { PointsChunk } from './metric-batch.ts'
import { NO_FINGERPRINT, PointsWriter } from './points-writer.ts'

const NOW = 1_760_000_000_000
const allocate = (bytes: number): Buffer => Buffer.alloc(bytes)
const groupOf = (host: string): Buffer =>
  encodeGroupBlock({ resource: [{ key: 'host', value: host }], scope: { name: '', version: '', attributes: [] } })
const blockOf = (name: string): Buffer =>
  encodeSeriesBlock({ name, kind: 'gauge', temporality: 'unspecified', monotonic: false, unit: '', attributes: [] })

interface Run {
  /** Before the time of the request, ms; 0 for none. */
  readonly startedMs: number
  readonly values: readonly number[]
}

let marks: ChunkMarks
beforeEach(() => {
  marks = new ChunkMarks()
})

/** Groups of runs, all points at one time. */
function chunkOf(
  groups: readonly (readonly Run[])[],
  timeMs: number,
  timeNs: number,
  marked?: ChunkMarks,
): PointsChunk {
  const writer = new PointsWriter()
  if (marked !== undefined) writer.markTo(marked)
  for (const [number, runs] of groups.entries()) {
    writer.beginGroup(groupOf(`h${number}`))
    for (const [index, { startedMs, values }] of runs.entries()) {
      const startMs = startedMs === 0 ? 0 : NOW - startedMs
      writer.beginRun({ ...NO_FINGERPRINT, block: blockOf(`m${index}`) }, startMs, startedMs === 0 ? 0 : 7)
      for (const value of values) writer.number(timeMs, timeNs, value, 0)
    }
  }
  return writer.take(allocate)
}

/** The same groups with other values. */
function move(template: ChunkTemplate, value: (index: number) => number): void {
  template.values.forEach((at, index) => template.view.setFloat64(at, value(index), true))
}

const run = fc.record({
  startedMs: fc.constantFrom(0, 3_600_000, 3_700_000, 90_000_000),
  values: fc.array(fc.double(), { minLength: 1, maxLength: 70 }),
})
const groups = fc.array(fc.array(run, { minLength: 1, maxLength: 70 }), { minLength: 1, maxLength: 3 })

describe('ChunkTemplate', () => {
  it('gives the bytes that a writer would write, of any time whose differences are as long', () => {
    let given = 0
    fc.assert(
      fc.property(groups, fc.nat({ max: 60_000 }), fc.nat({ max: 999_999 }), (all, laterMs, timeNs) => {
        marks.reset()
        const template = ChunkTemplate.of(chunkOf(all, NOW, 0, marks), marks)
        if (template?.retime(NOW + laterMs, timeNs) !== true) return
        let next = 0
        const moved = all.map((runs) => runs.map((each) => ({ ...each, values: each.values.map(() => (next += 1)) })))
        move(template, (index) => index + 1)
        expect(template.copy(allocate)).toEqual(chunkOf(moved, NOW + laterMs, timeNs))
        given += 1
      }),
      { numRuns: 100, endOnFailure: true },
    )
    expect(given).toBeGreaterThan(90)
  })

  it('is a copy: what it gave is not changed by what it gives next', () => {
    const template = ChunkTemplate.of(chunkOf([[{ startedMs: 0, values: [1] }]], NOW, 0, marks), marks)
    template?.retime(NOW, 5)
    const first = template?.copy(allocate)
    const bytes = Buffer.from(first?.bytes ?? [])
    template?.retime(NOW + 1, 0)
    if (template !== undefined) move(template, () => 9)
    expect(first?.bytes).toEqual(bytes)
    expect(first).toMatchObject({ minTimeMs: NOW, maxTimeMs: NOW, points: 1, groups: 1 })
  })

  it.each([
    ['a base', 0, 5],
    ['a start', 3_600_000, NOW - 3_600_000],
  ])('does not fit a time by which %s has another length', (_what, startedMs, timeMs) => {
    const template = ChunkTemplate.of(chunkOf([[{ startedMs, values: [1] }]], NOW, 0, marks), marks)
    expect([template?.retime(NOW + 1, 0), template?.retime(timeMs, 0)]).toEqual([true, false])
  })

  it('is not made of a chunk with points that are not marked', () => {
    const chunk = chunkOf([[{ startedMs: 0, values: [1, 2] }]], NOW, 0, marks)
    expect(ChunkTemplate.of(chunk, marks)).toBeDefined()
    marks.values.pop()
    expect(ChunkTemplate.of(chunk, marks)).toBeUndefined()
  })

  it('is not made of a chunk with very many starts, or one very long ago', () => {
    const many = Array.from({ length: 300 }, (_none, index) => ({ startedMs: index + 1_000_000, values: [1] }))
    expect(ChunkTemplate.of(chunkOf([many], NOW, 0, marks), marks)).toBeUndefined()
    marks.reset()
    const long = [{ startedMs: NOW - 1, values: [1] }]
    expect(ChunkTemplate.of(chunkOf([long], NOW, 0, marks), marks)).toBeUndefined()
  })

  it('says how much memory it takes', () => {
    const chunk = chunkOf([[{ startedMs: 3_600_000, values: [1, 2] }]], NOW, 0, marks)
    const size = ChunkTemplate.of(chunk, marks)?.sizeBytes ?? 0
    expect(size).toBeGreaterThan(chunk.bytes.length + 2 * 4)
    expect(size).toBeLessThan(chunk.bytes.length + 100)
  })
})
