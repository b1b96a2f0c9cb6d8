import { describe, expect, it } from '@jest/globals'
import { packFingerprints, unpackFingerprints } from './fingerprint-set.ts'
import { needsUpdate } from './needs-update.ts'

const set = (text: string): ReadonlySet<string> => new Set(text)

/** Alertmanager 0.25, notify_test.go, TestDedupStageNeedsUpdate, and what it leaves out. */
describe('needsUpdate', () => {
  it.each([
    ['nothing known, nothing fires', undefined, '', 'abc', true, 100, false],
    ['nothing known, something fires', undefined, 'a', '', true, 100, true],
    ['what fires is not all known', ['a', '', 99], 'ab', '', true, 100, true],
    ['all has ended', ['a', '', 99], '', 'a', true, 100, true],
    ['all has ended, and that is known', ['', 'a', 99], '', 'a', true, 100, false],
    ['fired and ended in between', ['', '', 99], '', 'a', true, 100, false],
    ['nothing new', ['ab', '', 99], 'ab', '', true, 100, false],
    ['nothing new, long ago', ['ab', '', -1], 'ab', '', true, 100, true],
    ['nothing new, just as long ago', ['ab', '', 0], 'ab', '', true, 100, false],
    ['one has ended', ['ab', '', 99], 'a', 'b', true, 100, true],
    ['one has ended, which nobody wants to know', ['ab', '', 99], 'a', 'b', false, 100, false],
    ['one has ended, and that is known', ['a', 'b', 99], 'a', 'b', true, 100, false],
    ['a second one has ended', ['a', 'b', 99], 'a', 'bc', true, 100, true],
    ['less fires, and nothing is said of its end', ['ab', '', 99], 'a', '', true, 100, false],
  ] as const)('%s', (_name, known, firing, resolved, sendResolved, repeatIntervalMs, expected) => {
    const knows = known === undefined ? undefined : { firing: set(known[0]), resolved: set(known[1]), atMs: known[2] }
    const question = { knows, firing: set(firing), resolved: set(resolved), sendResolved, repeatIntervalMs, nowMs: 100 }
    expect(needsUpdate(question)).toBe(expected)
  })
})

describe('fingerprints as they are stored', () => {
  it('take 8 bytes each, in any order the same', () => {
    const all = ['00ff00ff00ff00ff', 'abcdef0123456789', '0000000000000000']
    const packed = packFingerprints(new Set(all))
    expect(packed).toHaveLength(24)
    expect(packFingerprints(new Set(all.toReversed()))).toEqual(packed)
    expect([...unpackFingerprints(packed)]).toEqual(all.toSorted())
    expect(unpackFingerprints(new Uint8Array()).size).toBe(0)
  })
})
