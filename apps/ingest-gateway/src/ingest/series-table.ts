import { randomBytes } from 'node:crypto'

/** Times are counted in ticks, eight to a window. A series stays for its window and the tick that has begun. */
export const WINDOW_TICKS = 8
/** A tick as a slot has it: 1..255, since 0 is an empty slot. */
const CODES = 255
/** Before codes come round again old slots must be gone, those of remove() first. */
const MAX_TICKS_UNSWEPT = CODES - 2 * WINDOW_TICKS - 4
const MIN_SLOTS = 16
const MAX_LOAD = 0.75
/** So that nobody can choose fingerprints that fall into one slot. */
const [SECRET_HI, SECRET_LO] = [randomBytes(4).readInt32LE(), randomBytes(4).readInt32LE()]

/**
 * Which series were seen within the window, by fingerprint: open addressing, 9 bytes a slot, 12 to 24 a series. Two series of one fingerprint
 * count as one, which harms nobody. Old slots stay until the table is swept or filled anew; a series that comes again takes its own.
 */
export class SeriesTable {
  #hi = new Int32Array(MIN_SLOTS)
  #lo = new Int32Array(MIN_SLOTS)
  #seen = new Uint8Array(MIN_SLOTS)
  /** Series by the code of the tick in which they were seen last, within the window. */
  readonly #counts = new Uint32Array(CODES + 1)
  #used = 0
  #active = 0
  #tick: number
  #sweptAt: number

  constructor(tick: number) {
    this.#tick = tick
    this.#sweptAt = tick
  }

  /** Series within the window. */
  get active(): number {
    return this.#active
  }

  /** Bytes of its slots. */
  get sizeBytes(): number {
    return this.#seen.length * 9
  }

  /** The present tick; never goes back. Call before anything else in a tick. */
  advance(tick: number): void {
    const passed = tick - this.#tick
    if (passed <= 0) return
    if (passed > WINDOW_TICKS) this.#clear(tick)
    else for (let at = this.#tick + 1; at <= tick; at++) this.#expire(at - WINDOW_TICKS - 1)
    this.#tick = tick
    const stale = this.#used - this.#active
    if (stale * 4 > this.#seen.length || tick - this.#sweptAt > MAX_TICKS_UNSWEPT) this.#refill()
  }

  /** Notes a series that is within the window as seen now; false when it is not. */
  touch(hi: number, lo: number): boolean {
    const slot = this.#find(hi, lo)
    const code = this.#seen[slot] ?? 0
    if (code === 0 || !this.#isActive(code)) return false
    this.#set(slot, code)
    return true
  }

  /** Adds a series that touch() did not know. */
  add(hi: number, lo: number): void {
    let slot = this.#find(hi, lo)
    if (this.#seen[slot] === 0) {
      if ((this.#used + 1) / this.#seen.length > MAX_LOAD) {
        this.#refill()
        slot = this.#find(hi, lo)
      }
      this.#used += 1
      this.#hi[slot] = hi
      this.#lo[slot] = lo
    }
    this.#set(slot, 0)
    this.#active += 1
  }

  /** Takes back an add() of this tick. */
  remove(hi: number, lo: number): void {
    const slot = this.#find(hi, lo)
    const code = this.#seen[slot] ?? 0
    if (code === 0 || !this.#isActive(code)) return
    this.#count(code, -1)
    this.#active -= 1
    // Older than any window: the slot must stay for those behind it.
    this.#seen[slot] = codeOf(this.#tick - WINDOW_TICKS - 1)
  }

  #set(slot: number, before: number): void {
    const code = codeOf(this.#tick)
    if (before !== 0) this.#count(before, -1)
    this.#count(code, 1)
    this.#seen[slot] = code
  }

  #count(code: number, by: number): void {
    this.#counts[code] = (this.#counts[code] ?? 0) + by
  }

  #expire(tick: number): void {
    const code = codeOf(tick)
    this.#active -= this.#counts[code] ?? 0
    this.#counts[code] = 0
  }

  #isActive(code: number): boolean {
    return (codeOf(this.#tick) - code + CODES) % CODES <= WINDOW_TICKS
  }

  /** Where the series is, or the empty slot where it would be. Both halves may be given with or without a sign. */
  #find(hiBits: number, loBits: number): number {
    const hi = hiBits | 0
    const lo = loBits | 0
    const mask = this.#seen.length - 1
    const mixed = Math.imul(lo ^ SECRET_LO, 0x9e3779b1) ^ Math.imul(hi ^ SECRET_HI, 0x85ebca6b)
    let slot = (mixed ^ (mixed >>> 15)) & mask
    while (this.#seen[slot] !== 0 && (this.#hi[slot] !== hi || this.#lo[slot] !== lo)) slot = (slot + 1) & mask
    return slot
  }

  /** Leaves the old ones out, with room for as many again as there are. */
  #refill(): void {
    const [hi, lo, seen] = [this.#hi, this.#lo, this.#seen]
    let slots = MIN_SLOTS
    while (this.#active * 2 > slots * MAX_LOAD) slots *= 2
    this.#hi = new Int32Array(slots)
    this.#lo = new Int32Array(slots)
    this.#seen = new Uint8Array(slots)
    for (let old = 0; old < seen.length; old++) {
      const code = seen[old] ?? 0
      if (code === 0 || !this.#isActive(code)) continue
      const slot = this.#find(hi[old] ?? 0, lo[old] ?? 0)
      this.#hi[slot] = hi[old] ?? 0
      this.#lo[slot] = lo[old] ?? 0
      this.#seen[slot] = code
    }
    this.#used = this.#active
    this.#sweptAt = this.#tick
  }

  #clear(tick: number): void {
    this.#hi = new Int32Array(MIN_SLOTS)
    this.#lo = new Int32Array(MIN_SLOTS)
    this.#seen = new Uint8Array(MIN_SLOTS)
    this.#counts.fill(0)
    this.#used = 0
    this.#active = 0
    this.#sweptAt = tick
  }
}

function codeOf(tick: number): number {
  return 1 + (((tick % CODES) + CODES) % CODES)
}
