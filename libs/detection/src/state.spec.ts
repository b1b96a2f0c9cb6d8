import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { createDetector, releaseDetector, restoreDetector } from './create-detector.ts'
import type { DetectorOptions, Verdict } from './detector.ts'
import { IN_BLOCK } from './scoring/slab.ts'
import { START, normalOf, randomOf } from './test-series.ts'

const anyTime = fc.oneof(
  fc.integer({ min: -1e6, max: 1e9 }),
  fc.double(),
  fc.integer({ min: 0, max: 500 }).map((step) => START + step * 1000),
)
const anyValue = fc.oneof(
  fc.double(),
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(0, -0, NaN, Infinity, Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE),
)
const anyOptions: fc.Arbitrary<DetectorOptions> = fc.record({
  direction: fc.constantFrom('up', 'down', 'both'),
  minDeviation: fc.constantFrom(0, 1, 1e300),
  minDeviationRelative: fc.constantFrom(0, 0.5),
  sensitivity: fc.constantFrom(0.1, 1, 10),
  season: fc.boolean(),
})

function learned(options: DetectorOptions = {}): Uint8Array {
  const detector = createDetector(options)
  const random = randomOf(1)
  for (let index = 0; index < 700; index++) detector.update(START + index * 60_000, normalOf(random))
  return detector.save()
}

describe('whatever it is shown, a detector', () => {
  it('never throws, scores within 0 and 1, and stays of one size', () => {
    const points = fc.array(fc.tuple(anyTime, anyValue), { maxLength: 300 })
    fc.assert(
      fc.property(anyOptions, points, fc.boolean(), (options, shown, inOrder) => {
        const detector = createDetector(options)
        const size = detector.save().length
        for (const [index, [time, value]] of shown.entries()) {
          const verdict = detector.update(inOrder ? START + index * 1000 : time, value)
          expect(verdict.score >= 0 && verdict.score <= 1).toBe(true)
          for (const { score } of verdict.reasons) expect(score >= 0 && score <= 1).toBe(true)
          expect(detector.explain()).not.toContain('NaN')
        }
        expect(detector.save()).toHaveLength(size)
        releaseDetector(detector)
      }),
    )
  })

  it('continues after save and restore exactly where it stood', () => {
    const values = fc.array(anyValue, { minLength: 2, maxLength: 400 })
    fc.assert(
      fc.property(anyOptions, values, fc.nat(), (options, shown, at) => {
        const whole = createDetector(options)
        let parted = createDetector(options)
        for (const [index, value] of shown.entries()) {
          if (index === at % shown.length) parted = restoreDetector(parted.save(), options)
          const time = START + index * 600_000
          const expected: Verdict = whole.update(time, value)
          expect(parted.update(time, value)).toEqual(expected)
        }
        expect(parted.save()).toEqual(whole.save())
      }),
    )
  })
})

describe('a saved state', () => {
  it('is refused when it is cut short or longer', () => {
    const bytes = learned()
    for (const length of [0, 1, 7, 8, 100, bytes.length - 1])
      expect(() => restoreDetector(bytes.subarray(0, length))).toThrow(/Not the state of a detector/)
    expect(() => restoreDetector(Uint8Array.of(...bytes, 0))).toThrow(/bytes instead of/)
  })

  it('is refused when any byte of it is another one', () => {
    const bytes = learned()
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = bytes.slice()
        damaged[at] = (damaged[at] ?? 0) ^ change
        expect(() => restoreDetector(damaged)).toThrow(/Not the state of a detector/)
      }),
    )
  })

  it('is refused when it is of something else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => {
        expect(() => restoreDetector(bytes)).toThrow(expect.objectContaining({ code: 'detection.bad_state' }))
      }),
    )
  })

  it('is refused when a count in it is out of bounds, though its checksum is right', () => {
    const bytes = learned()
    const view = new DataView(bytes.buffer)
    view.setFloat32(8 + 16 * 8 + IN_BLOCK * 4, 1e6, true)
    let hash = 0x811c9dc5 ^ (bytes[3] ?? 0)
    for (let at = 8; at < bytes.length; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193)
    view.setUint32(4, hash >>> 0, true)
    expect(() => restoreDetector(bytes)).toThrow(/out of bounds/)
  })

  it('may be restored at any offset of a larger buffer', () => {
    const bytes = learned({ season: true })
    const padded = new Uint8Array(bytes.length + 3)
    padded.set(bytes, 3)
    expect(restoreDetector(padded.subarray(3), { season: true }).save()).toEqual(bytes)
  })

  it('may be restored with other options: a season begins anew or is dropped', () => {
    const [plain, seasonal] = [learned(), learned({ season: true })]
    expect(restoreDetector(plain, { season: true }).save()).toHaveLength(seasonal.length)
    expect(restoreDetector(seasonal).save()).toEqual(plain)
    expect(() => restoreDetector(plain, { sensitivity: 99 })).toThrow(/sensitivity/)
  })
})
