import { describe, expect, it } from '@jest/globals'
import { BufferPool } from './buffer-pool.ts'

const pool = (maxKeptBytes = 1024 * 1024) => new BufferPool({ maxKeptBytes })

describe('BufferPool', () => {
  it('lends the memory again that it was given back', () => {
    const buffers = pool()
    const first = buffers.borrow(20_000)
    buffers.giveBack(first)
    const second = buffers.borrow(30_000)
    expect(second.buffer).toBe(first.buffer)
    expect([first.length, second.length]).toEqual([20_000, 30_000])
  })

  it('never lends the same memory twice at a time, also when it is given back twice', () => {
    const buffers = pool()
    const first = buffers.borrow(20_000)
    expect([buffers.giveBack(first), buffers.giveBack(first)]).toEqual([true, false])
    expect(buffers.borrow(20_000).buffer).not.toBe(buffers.borrow(20_000).buffer)
  })

  it('takes a part of what was borrowed for the whole', () => {
    const buffers = pool()
    const whole = buffers.borrow(65_536)
    buffers.giveBack(whole.subarray(100, 200))
    expect(buffers.borrow(65_536).buffer).toBe(whole.buffer)
  })

  it('keeps no more than its bound', () => {
    const buffers = pool(3 * 32_768)
    const all = Array.from({ length: 5 }, () => buffers.borrow(32_768))
    for (const each of all) buffers.giveBack(each)
    expect(buffers.keptBytes).toBe(3 * 32_768)
  })

  it.each([0, 100, 16 * 1024 * 1024 + 1])('does not keep one of %i bytes, nor one that is not its own', (bytes) => {
    const buffers = pool(Infinity)
    const odd = buffers.borrow(bytes)
    expect(odd.length).toBe(bytes)
    buffers.giveBack(odd)
    buffers.giveBack(Buffer.alloc(20_000))
    expect(buffers.keptBytes).toBe(0)
  })
})
