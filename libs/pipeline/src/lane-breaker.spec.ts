import { describe, expect, it } from '@jest/globals'
import { LaneBreaker } from './lane-breaker.ts'

function breakerAt(): { breaker: LaneBreaker; pass: (ms: number) => void } {
  let nowMs = 1_000
  const breaker = new LaneBreaker({ failures: 3, openMs: 100, now: () => nowMs })
  return { breaker, pass: (ms) => (nowMs += ms) }
}

describe('LaneBreaker', () => {
  it('opens after so many failures in a row', () => {
    const { breaker } = breakerAt()
    breaker.failed()
    breaker.failed()
    expect(breaker.state).toBe('closed')
    breaker.failed()
    expect([breaker.state, breaker.waitMs, breaker.openSinceMs]).toEqual(['open', 100, 1_000])
  })

  it('counts only failures that nothing stands between', () => {
    const { breaker } = breakerAt()
    for (let round = 0; round < 5; round += 1) {
      breaker.failed()
      breaker.failed()
      breaker.succeeded()
    }
    expect(breaker.state).toBe('closed')
  })

  it('lets one attempt through after a while, which closes it or opens it again', () => {
    const { breaker, pass } = breakerAt()
    for (let failure = 0; failure < 3; failure += 1) breaker.failed()
    pass(99)
    expect(breaker.state).toBe('open')
    pass(1)
    expect([breaker.state, breaker.waitMs]).toEqual(['half_open', 0])
    breaker.failed()
    expect([breaker.state, breaker.waitMs]).toEqual(['open', 100])
    pass(100)
    breaker.succeeded()
    expect([breaker.state, breaker.openSinceMs]).toEqual(['closed', undefined])
  })

  it('remembers since when nothing has succeeded, over all its probes', () => {
    const { breaker, pass } = breakerAt()
    for (let failure = 0; failure < 6; failure += 1) {
      breaker.failed()
      pass(50)
    }
    expect(breaker.openSinceMs).toBe(1_100)
  })
})
