import { describe, expect, it } from '@jest/globals'
import { MissedVersions } from './missed-versions.ts'

function setUp() {
  let asked = 0
  const missed = new MissedVersions(() => (asked += 1))
  return { missed, asked: () => asked }
}

describe('MissedVersions', () => {
  it('answers once a look is over that began after the question', () => {
    const { missed, asked } = setUp()
    const early = missed.beginLook()
    expect(missed.isMissing('acme', 2)).toBe(false)
    expect([asked(), missed.wanted]).toEqual([1, true])
    early()
    // What that one read may have ended before the version was published.
    expect([missed.isMissing('acme', 2), missed.wanted]).toEqual([false, true])
    const late = missed.beginLook()
    expect(missed.isMissing('acme', 2)).toBe(false)
    late()
    expect([missed.wanted, missed.isMissing('acme', 2), asked()]).toEqual([false, true, 1])
  })

  it('takes the next question about the same version for a new one', () => {
    const { missed, asked } = setUp()
    missed.isMissing('acme', 2)
    missed.beginLook()()
    expect(missed.isMissing('acme', 2)).toBe(true)
    expect([missed.isMissing('acme', 2), asked()]).toEqual([false, 2])
  })

  it('tells tenants and versions apart', () => {
    const { missed } = setUp()
    missed.isMissing('acme', 2)
    missed.beginLook()()
    expect([missed.isMissing('acme', 3), missed.isMissing('beta', 2), missed.isMissing('acme', 2)]).toEqual([
      false,
      false,
      true,
    ])
  })

  it('remembers but so many, whatever is asked for', () => {
    const { missed } = setUp()
    missed.isMissing('acme', 2)
    for (let version = 1; version <= 10_000; version += 1) missed.isMissing('beta', version)
    missed.beginLook()()
    expect([missed.isMissing('acme', 2), missed.isMissing('beta', 10_000)]).toEqual([false, true])
  })
})
