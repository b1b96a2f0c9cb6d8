import { createHash } from 'node:crypto'
import fc from 'fast-check'

/** All that is left to chance in one attempt: the same again for the same seed, attack and number. */
export class Chance {
  readonly #seed: string
  #drawn = 0

  constructor(seed: number, attack: string, attempt: number) {
    this.#seed = `${seed}/${attack}/${attempt}`
  }

  draw<T>(arbitrary: fc.Arbitrary<T>): T {
    const hash = createHash('sha256').update(`${this.#seed}/${this.#drawn++}`).digest()
    const [value] = fc.sample(arbitrary, { seed: hash.readInt32LE(0), numRuns: 1 })
    return value as T
  }

  below(count: number): number {
    return this.draw(fc.integer({ min: 0, max: count - 1 }))
  }

  pick<T>(items: readonly T[]): T {
    return this.draw(fc.constantFrom(...items))
  }
}

const edge = fc.constantFrom(0, 1, 0x7f, 0x80, 0xff)
/** A change to bytes; places are shares of the length, so that it fits any. */
const change = fc.record({
  kind: fc.constantFrom('set', 'flip', 'cut', 'repeat', 'insert', 'swell'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.integer({ min: 1, max: 16 }),
  byte: fc.oneof(edge, fc.integer({ min: 0, max: 255 })),
})
export const changes = fc.array(change, { minLength: 1, maxLength: 4 })

/** What somebody who knows the format would send who wants to break it. @param from the bytes before it stay as they are */
export function mutate(chance: Chance, bytes: Buffer, from = 0): Buffer {
  let changed = bytes
  for (const { kind, at, length, byte } of chance.draw(changes)) {
    const place = from + Math.floor(at * Math.max(0, changed.length - from))
    const [before, after] = [changed.subarray(0, place), changed.subarray(place)]
    const rest = changed.subarray(Math.min(changed.length, place + length))
    if (kind === 'cut') changed = Buffer.concat([before, rest])
    else if (kind === 'repeat') changed = Buffer.concat([before, after.subarray(0, length), after])
    else if (kind === 'insert') changed = Buffer.concat([before, Buffer.alloc(length, byte), after])
    else if (kind === 'swell') changed = Buffer.concat([before, Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f]), after])
    else if (place < changed.length) {
      changed = Buffer.from(changed)
      changed[place] = kind === 'set' ? byte : (changed[place] ?? 0) ^ (1 << (byte % 8))
    }
  }
  return changed
}

export const noise = fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes))
