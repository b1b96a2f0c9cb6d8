import { describe, expect, it } from '@jest/globals'
import { encodeGroupBlock, encodeSeriesBlock } from './blocks.ts'
import type { PointsChunk } from './metric-batch.ts'
import { NO_FINGERPRINT, PointsWriter } from './points-writer.ts'
import { sealBatch, sealInPlace } from './seal-batch.ts'
import { BATCH_HEAD } from '../test/batch-head.ts'

function chunkOf(points: number): PointsChunk {
  const writer = new PointsWriter()
  writer.beginGroup(encodeGroupBlock({ resource: [], scope: { name: 'http', version: '', attributes: [] } }))
  const block = encodeSeriesBlock({
    ...{ name: 'up', kind: 'gauge', temporality: 'unspecified', monotonic: false, unit: '', attributes: [] },
  })
  writer.beginSeries({ block, ...NO_FINGERPRINT, startTimeMs: 0, startTimeNs: 0 })
  for (let index = 0; index < points; index += 1) writer.number(1_700_000_000_000 + index, 0, index, 0)
  return writer.take()
}

/** The chunk in the middle of memory that is others', with room before it. */
function roomy(chunk: PointsChunk, roomBytes: number) {
  const [before, size] = [10, chunk.bytes.length]
  const memory = Buffer.alloc(before + roomBytes + size + 1 + before, 0xaa)
  memory.set(chunk.bytes, before + roomBytes)
  const bytes = memory.subarray(before + roomBytes, before + roomBytes + size)
  return { memory, chunk: { ...chunk, bytes, roomBytes } }
}

describe('sealInPlace', () => {
  const whole = sealBatch(BATCH_HEAD, [chunkOf(500)])
  const headBytes = whole.length - chunkOf(500).bytes.length - 1

  it.each([headBytes, headBytes + 1, 512])('makes the bytes of sealBatch within %i bytes of room', (roomBytes) => {
    const { memory, chunk } = roomy(chunkOf(500), roomBytes)
    const sealed = sealInPlace(BATCH_HEAD, chunk)
    expect(sealed?.equals(whole)).toBe(true)
    expect(sealed?.buffer).toBe(memory.buffer)
    const others = [memory.subarray(0, 10), memory.subarray(-10)]
    for (const each of others) expect(each.equals(Buffer.alloc(10, 0xaa))).toBe(true)
  })

  it('leaves everything as it is when there is too little room', () => {
    const { memory, chunk } = roomy(chunkOf(500), headBytes - 1)
    const before = Buffer.from(memory)
    expect(sealInPlace(BATCH_HEAD, chunk)).toBeUndefined()
    expect(sealInPlace(BATCH_HEAD, chunkOf(1))).toBeUndefined()
    expect(memory.equals(before)).toBe(true)
    expect(sealBatch(BATCH_HEAD, [chunk]).equals(whole)).toBe(true)
  })
})
