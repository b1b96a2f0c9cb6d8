import { describe, expect, it } from '@jest/globals'
import { Lease } from './lease.ts'
import { StepFreeClock } from './step-free-clock.ts'

describe('the clock', () => {
  it('goes on evenly when the wall clock is set, and says by how much', () => {
    const time = { wall: 1_000_000, monotonic: 50 }
    const clock = new StepFreeClock(
      () => time.wall,
      () => time.monotonic,
    )
    Object.assign(time, { wall: 1_001_000, monotonic: 1050 })
    expect([clock.now(), clock.adopt()]).toEqual([1_001_000, 0])
    Object.assign(time, { wall: 4_602_000, monotonic: 2050 })
    expect(clock.now()).toBe(1_002_000)
    expect([clock.adopt(), clock.now(), clock.adopt()]).toEqual([3_600_000, 4_602_000, 0])
    Object.assign(time, { wall: 1_003_000, monotonic: 3050 })
    expect([clock.adopt(), clock.now()]).toEqual([-3_600_000, 1_003_000])
  })

  it('follows drift without a word', () => {
    const time = { wall: 0, monotonic: 0 }
    const clock = new StepFreeClock(
      () => time.wall,
      () => time.monotonic,
    )
    Object.assign(time, { wall: 10_300, monotonic: 10_000 })
    expect([clock.adopt(), clock.now()]).toEqual([0, 10_300])
  })
})

describe('the lease', () => {
  it('runs out a session timeout after the group confirmed it, and holds again when it does so anew', async () => {
    const time = { now: 0, confirmed: 0 }
    const lease = new Lease(
      () => time.confirmed,
      1000,
      () => time.now,
    )
    time.now = 999
    expect(lease.isHeld).toBe(true)
    time.now = 1000
    expect(lease.isHeld).toBe(false)
    expect(() => lease.check()).toThrow('has not confirmed')
    const held = lease.held(new AbortController().signal)
    time.confirmed = 1000
    await held
    lease.check()
  })

  it('is not waited for any longer once that is given up', async () => {
    const lease = new Lease(() => -Infinity, 1000)
    await lease.held(AbortSignal.abort())
    expect(lease.isHeld).toBe(false)
  })
})
