import { describe, expect, it } from '@jest/globals'
import { shared } from './shared.ts'

describe('shared', () => {
  it('works once for all who ask meanwhile, and anew for the next', async () => {
    let times = 0
    const ask = shared(() => Promise.resolve(++times))
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 1, 1])
    expect(await ask()).toBe(2)
  })

  it('tells all of a failure, and tries again', async () => {
    let times = 0
    const ask = shared(() => (++times === 1 ? Promise.reject(new Error('lost')) : Promise.resolve(times)))
    expect(await Promise.allSettled([ask(), ask()])).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }])
    expect(await ask()).toBe(2)
  })
})
