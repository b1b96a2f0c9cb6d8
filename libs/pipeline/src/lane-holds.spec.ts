import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { LaneHolds } from './lane-holds.ts'

const PARTITION = { topic: 'pegel.metrics.v1', partition: 0 }
const LONG_MS = 10_000

function setup({ started = true } = {}) {
  const calls: string[] = []
  const flow = {
    holdLane: (lane: string) => calls.push(`hold ${lane}`),
    releaseLane: (lane: string) => calls.push(`release ${lane}`),
  }
  const holds = new LaneHolds({ flow, longMs: LONG_MS, onLong: (lane) => calls.push(`long ${lane}`) })
  if (started) holds.start()
  return { holds, calls }
}

describe('LaneHolds', () => {
  beforeEach(() => {
    jest.useFakeTimers()
  })
  afterEach(() => {
    jest.useRealTimers()
  })

  it('tells of a lane that is full for long, again and again, until it is released', () => {
    const { holds, calls } = setup()
    holds.hold('acme', PARTITION, 0)
    jest.advanceTimersByTime(LONG_MS - 1)
    expect(calls).toEqual(['hold acme'])
    jest.advanceTimersByTime(1 + LONG_MS)
    holds.release('acme')
    jest.advanceTimersByTime(2 * LONG_MS)
    expect(calls).toEqual(['hold acme', 'long acme', 'long acme', 'release acme'])
  })

  it('tells at once of a lane that had been stuck before it was full', () => {
    const { holds, calls } = setup()
    holds.hold('acme', PARTITION, 4 * LONG_MS)
    holds.hold('beta', PARTITION, LONG_MS / 2)
    jest.advanceTimersByTime(0)
    expect(calls).toEqual(['hold acme', 'hold beta', 'long acme'])
    jest.advanceTimersByTime(LONG_MS / 2)
    expect(calls).toEqual(['hold acme', 'hold beta', 'long acme', 'long beta'])
  })

  it('tells of a lane that will be full soon, unless it holds its partition, or may not be parked now', () => {
    const { holds, calls } = setup()
    holds.filling('acme')
    holds.backend(false)
    holds.filling('beta')
    holds.backend(true)
    holds.hold('acme', PARTITION, 0)
    holds.filling('acme')
    expect(calls).toEqual(['long acme', 'hold acme'])
    const early = setup({ started: false })
    early.holds.filling('acme')
    expect(early.calls).toEqual([])
  })

  it('counts from the time when lanes may work, and nothing of what was before', () => {
    const { holds, calls } = setup({ started: false })
    holds.hold('acme', PARTITION, 4 * LONG_MS)
    jest.advanceTimersByTime(2 * LONG_MS)
    holds.backend(true)
    jest.advanceTimersByTime(2 * LONG_MS)
    holds.start()
    jest.advanceTimersByTime(LONG_MS - 1)
    expect(calls).toEqual(['hold acme'])
    jest.advanceTimersByTime(1)
    expect(calls).toEqual(['hold acme', 'long acme'])
    holds.close()
  })

  it('does not count the time in which the backend is down, nor what was before', () => {
    const { holds, calls } = setup()
    holds.backend(false)
    holds.hold('acme', PARTITION, 4 * LONG_MS)
    jest.advanceTimersByTime(2 * LONG_MS)
    holds.backend(true)
    jest.advanceTimersByTime(LONG_MS - 1)
    expect(calls).toEqual(['hold acme'])
    jest.advanceTimersByTime(1)
    expect(calls).toEqual(['hold acme', 'long acme'])
    holds.close()
  })
})
