import { describe, expect, it } from '@jest/globals'
import { Presence } from './presence.ts'

describe('Presence', () => {
  it('counts each user once, for a minute after the last request', () => {
    let now = 0
    const presence = new Presence(() => now)
    for (const user of ['ann', 'ben', 'ann', '']) presence.note(user)
    expect(presence.active()).toBe(2)
    now = 50_000
    presence.note('ann')
    now = 60_001
    expect(presence.active()).toBe(1)
    now = 110_001
    expect(presence.active()).toBe(0)
  })
})
