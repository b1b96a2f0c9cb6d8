import { describe, expect, it } from '@jest/globals'
import { InflatedMemory, memoryOf } from './record-memory.ts'

describe('InflatedMemory', () => {
  it('is free once its last record is released, with what was made from the records', () => {
    const [bytes, columns] = [Buffer.allocUnsafeSlow(100_000), new Float64Array(10)]
    const memory = memoryOf(bytes)
    const records = [memory?.share(), memory?.share()]
    records[0]?.join([columns.buffer])
    records[0]?.release()
    expect(bytes).toHaveLength(100_000)
    expect(columns).toHaveLength(10)
    records[1]?.release()
    expect(bytes).toHaveLength(0)
    expect(columns).toHaveLength(0)
  })

  it('leaves memory alone that is shared with others', () => {
    expect(memoryOf(Buffer.from('in the pool'))).toBeUndefined()
  })

  it('frees nothing while a record was only shared', () => {
    const bytes = new ArrayBuffer(16)
    const memory = new InflatedMemory(bytes)
    memory.share()
    memory.share().release()
    expect(bytes.byteLength).toBe(16)
  })
})
