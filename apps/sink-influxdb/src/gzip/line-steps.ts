import { BITS_MASK, COUNT_SHIFT, lengths, literals, MAX_MATCH, MIN_MATCH } from './deflate-code.ts'

/**
 * How a stretch of bytes is made from the one before it: units of 31 bits, which V8 keeps without an object each. First up to 16 bits that are sent as
 * they are, then how many those are. If what is above that is not 0, a distance is sent next: how much farther away the copied bytes begin than the
 * same place in the stretch before, plus SHIFT_BIAS.
 */
export type Steps = readonly number[]
export const UNIT_BITS = 16
export const UNIT_BITS_MASK = (1 << UNIT_BITS) - 1
export const UNIT_COUNT_MASK = 31
export const UNIT_FAR_SHIFT = UNIT_BITS + 5
export const SHIFT_BIAS = 512

/** Where a match may begin: at the first byte, and at what stands between words. */
const BREAKS = ',= ./-_:\n'
const breaks = Uint8Array.from({ length: 256 }, (_, byte) => (BREAKS.includes(String.fromCharCode(byte)) ? 1 : 0))
const SLOT_BITS = 10
const KEY_BYTES = 4
const GOLDEN = 0x9e3779b1
/** A shorter match takes more bits than its letters. */
const WORTH = 5

const NOWHERE = -1
/** Longer than any line whose steps are asked for. */
const EARLIER = 16_384
const MAX_TRIES = 16

/** A part of some bytes. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

/** Finds the steps. It has tables to be used again, so one is enough. */
export class LineSteps {
  /** By hash: where a word of the stretch before begins, the last one. Whatever is found is compared, so old places do no harm. */
  readonly #places = new Int32Array(1 << SLOT_BITS)
  /** By place: the one before it with the same hash. */
  readonly #earlier = new Int32Array(EARLIER)
  #units: number[] = []
  #bits = 0
  #count = 0

  /** Steps to the bytes of `here` from those of `before`, which lies before it. */
  between(view: DataView, before: Stretch, here: Stretch): Steps {
    this.#units = []
    this.#learn(view, before)
    const last = here.to - KEY_BYTES
    for (let at = here.from; at < here.to;) {
      const from = at <= last && isStart(view, here, at) ? this.#best(view, before, { from: at, to: here.to }) : NOWHERE
      const length = from === NOWHERE ? 0 : common(view, { from, to: before.to }, { from: at, to: here.to })
      const shift = at - here.from - (from - before.from)
      if (length >= WORTH && Math.abs(shift) < SHIFT_BIAS) {
        this.#copy(length, shift)
        at += length
      } else {
        this.#put(literals[view.getUint8(at)] ?? 0)
        at += 1
      }
    }
    if (this.#count > 0) this.#send(this.#count, 0)
    return this.#units
  }

  #learn(view: DataView, before: Stretch): void {
    for (let at = before.from; at <= before.to - KEY_BYTES; at += 1) {
      if (!isStart(view, before, at)) continue
      const slot = slotOf(view, at)
      this.#earlier[at & (EARLIER - 1)] = this.#places[slot] ?? NOWHERE
      this.#places[slot] = at
    }
  }

  /** Where most of what follows stands in the stretch before. */
  #best(view: DataView, before: Stretch, rest: Stretch): number {
    let best = NOWHERE
    let longest = 0
    let from = this.#places[slotOf(view, rest.from)] ?? NOWHERE
    for (let tries = 0; from >= before.from && from < before.to && tries < MAX_TRIES; tries += 1) {
      const length = common(view, { from, to: before.to }, rest)
      if (length > longest) {
        longest = length
        best = from
      }
      from = this.#earlier[from & (EARLIER - 1)] ?? NOWHERE
    }
    return best
  }

  #copy(length: number, shift: number): void {
    for (const piece of piecesOf(length)) {
      this.#put(lengths[piece] ?? 0)
      this.#send(this.#count, shift + SHIFT_BIAS)
    }
  }

  #put(packed: number): void {
    this.#bits |= (packed & BITS_MASK) << this.#count
    this.#count += packed >>> COUNT_SHIFT
    if (this.#count >= UNIT_BITS) this.#send(UNIT_BITS, 0)
  }

  #send(count: number, far: number): void {
    this.#units.push((this.#bits & UNIT_BITS_MASK) | (count << UNIT_BITS) | (far << UNIT_FAR_SHIFT))
    this.#bits >>>= count
    this.#count -= count
  }
}

function isStart(view: DataView, { from }: Stretch, at: number): boolean {
  return at === from || breaks[view.getUint8(at)] === 1
}

function slotOf(view: DataView, at: number): number {
  return Math.imul(view.getInt32(at, true), GOLDEN) >>> (32 - SLOT_BITS)
}

/** How many bytes of two stretches are the same. */
function common(view: DataView, a: Stretch, b: Stretch): number {
  const most = Math.min(a.to - a.from, b.to - b.from)
  let length = 0
  while (length < most && view.getUint8(a.from + length) === view.getUint8(b.from + length)) length += 1
  return Math.max(length, 0)
}

/** A long match, in lengths that can be sent: the last must not be too short. */
export function piecesOf(length: number): number[] {
  const pieces: number[] = []
  let rest = length
  while (rest > 0) {
    const piece = rest > MAX_MATCH && rest < MAX_MATCH + MIN_MATCH ? MAX_MATCH - MIN_MATCH : Math.min(rest, MAX_MATCH)
    pieces.push(piece)
    rest -= piece
  }
  return pieces
}
