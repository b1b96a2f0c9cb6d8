import { describe, expect, it } from '@jest/globals'
import { setImmediate as settle } from 'node:timers/promises'
import { ReadProgress } from './read-progress.ts'

/** Whether it has resolved by now. */
async function isOver(promise: Promise<void>): Promise<boolean> {
  let over = false
  void promise.then(() => (over = true))
  await settle()
  return over
}

describe('ReadProgress', () => {
  it('waits for every partition', async () => {
    const progress = new ReadProgress()
    progress.reached(0, 5)
    const there = progress.until([
      [0, 7],
      [1, 2],
    ])
    progress.reached(0, 6)
    progress.reached(1, 2)
    expect(await isOver(there)).toBe(false)
    progress.reached(0, 9)
    expect(await isOver(there)).toBe(true)
  })

  it('does not wait for what has been read, or for partitions that are empty', async () => {
    const progress = new ReadProgress()
    progress.reached(0, 5)
    const ends = [
      [0, 5],
      [1, 0],
    ] as const
    expect(await isOver(progress.until(ends))).toBe(true)
    expect(await isOver(progress.until([]))).toBe(true)
  })

  it('ends with an error for whoever still waits', async () => {
    const progress = new ReadProgress()
    const never = progress.until([[0, 1]])
    progress.end(new Error('closed'))
    await expect(never).rejects.toThrow('closed')
    progress.reached(0, 1)
    expect(await isOver(progress.until([[0, 1]]))).toBe(true)
  })
})
