import { ARENA_FIELDS, BlockArena, kindOfSeriesBlock, POINT_BRANCH, Slab } from '@pegel/contracts'
import type { CopiedSeries, RunScanner } from '@pegel/contracts'
import type { KeptSeries, SeriesOutcome } from './series-outcome.ts'

/** Fields of an entry. */
const FINGERPRINT_HI = ARENA_FIELDS
const FINGERPRINT_LO = ARENA_FIELDS + 1
const BRANCH = ARENA_FIELDS + 2
const VERDICT = ARENA_FIELDS + 3 // its place in the list of those that are not kept; 0 for a series that is
const USED = ARENA_FIELDS + 4 // the era in which it was found last
const FIELDS = 5

const NOTHING = new Uint8Array(0)
const NO_SLAB = new Slab(0)
/** A group's place in the map, measured roughly. */
const GROUP_BYTES = 200
/** An era ends when there are so many times the series that it began with. */
const ERA_GROWTH = 1.5
const MIN_ERA_SERIES = 16

/** Why points of a series do not go on. */
export type Discarded = Exclude<SeriesOutcome, KeptSeries>

/** A source group, and what becomes of it. */
export interface OutcomeGroup {
  /** Of its series in the arena. */
  readonly owner: number
  /** As it goes into the output: the same object every time. */
  readonly block: Uint8Array
}

/** Where the encoded block of a source series lies. */
export interface BlockRange {
  readonly view: DataView
  readonly from: number
  readonly to: number
}

/** What became of a series that was looked up; the object is the same every time. */
export class FoundOutcome implements CopiedSeries {
  /** Undefined for a series that is kept. */
  discarded: Discarded | undefined
  slab = NO_SLAB
  blockAt = 0
  blockBytes = 0
  branch = 0
  fingerprintHi = 0
  fingerprintLo = 0

  /** A view of the block. */
  get block(): Uint8Array {
    return this.slab.bytes(this.blockAt, this.blockBytes)
  }
}

/** Outcomes of one tenant's series under one version of its file, by the bytes of the encoded series. */
export class OutcomeArena {
  readonly #arena = new BlockArena(FIELDS)
  readonly #groups = new Map<string, OutcomeGroup>()
  readonly #discarded: Discarded[] = []
  readonly #found = new FoundOutcome()
  #groupBytes = 0
  #owners = 0
  #era = 1
  #eraEndsAt = MIN_ERA_SERIES

  get size(): number {
    return this.#arena.size
  }

  get sizeBytes(): number {
    return this.#arena.sizeBytes + this.#groupBytes
  }

  /** @param make the block of the output, for a group that is new */
  group(source: Buffer, make: (source: Buffer) => Uint8Array): OutcomeGroup {
    // One character a byte: a string is the only key by content that a Map takes.
    const key = source.toString('latin1')
    const known = this.#groups.get(key)
    if (known !== undefined) return known
    const made = { owner: ++this.#owners, block: make(source) }
    this.#groups.set(key, made)
    this.#groupBytes += bytesOf(key, made)
    return made
  }

  /** The outcome of the scanner's series, over which it moves then, if it is the one that came after the last; undefined if not. */
  findNext(runs: RunScanner, { owner }: OutcomeGroup): FoundOutcome | undefined {
    const entry = this.#arena.findNext(runs.view, owner, runs.seriesAt, runs.bytes.length)
    if (entry === 0) return undefined
    runs.passSeries(this.#arena.keyBytes(entry), this.#arena.slab.ints[entry + BRANCH] ?? 0)
    return this.#at(entry)
  }

  find({ owner }: OutcomeGroup, { view, from, to }: BlockRange): FoundOutcome | undefined {
    const entry = this.#arena.find(view, owner, from, to)
    return entry === 0 ? undefined : this.#at(entry)
  }

  /** Adds what find() does not know, and gives it as find() will. */
  add({ owner }: OutcomeGroup, { view, from, to }: BlockRange, outcome: SeriesOutcome): FoundOutcome {
    const source = new Uint8Array(view.buffer, view.byteOffset + from, to - from)
    const [key, block] = [{ owner, view, from, to }, outcome.status === 'kept' ? outcome.block : NOTHING]
    let entry = this.#arena.add(key, block)
    if (entry === 0) {
      // Somebody makes series that share a place on purpose, his own: he begins anew.
      this.#arena.clear()
      entry = this.#arena.add(key, block)
    }
    const [hi, lo] = outcome.status === 'kept' ? [outcome.fingerprintHi, outcome.fingerprintLo] : [0, 0]
    const fields = [hi, lo, POINT_BRANCH[kindOfSeriesBlock(source)], this.#verdictOf(outcome)]
    this.#arena.slab.ints.set(fields, entry + ARENA_FIELDS)
    if (this.size >= this.#eraEndsAt) this.#beginEra()
    return this.#at(entry)
  }

  /** Forgets what was found neither in this era nor in the one before, and groups of which no series is left. @returns how many series */
  sweep(): number {
    const before = this.size
    const owners = new Set<number>()
    const arena = this.#arena
    arena.retain((entry) => {
      const { ints } = arena.slab
      if ((ints[entry + USED] ?? 0) < this.#era - 1) return false
      owners.add(arena.ownerOf(entry))
      return true
    })
    for (const [key, group] of this.#groups) {
      if (owners.has(group.owner)) continue
      this.#groups.delete(key)
      this.#groupBytes -= bytesOf(key, group)
    }
    this.#beginEra()
    return before - this.size
  }

  #beginEra(): void {
    this.#era += 1
    this.#eraEndsAt = Math.max(MIN_ERA_SERIES, this.size * ERA_GROWTH)
  }

  #at(entry: number): FoundOutcome {
    const arena = this.#arena
    const { slab } = arena
    const { ints } = slab
    ints[entry + USED] = this.#era
    const verdict = ints[entry + VERDICT] ?? 0
    const found = this.#found
    found.slab = slab
    found.blockAt = arena.blockAt
    found.blockBytes = arena.blockBytes
    found.branch = ints[entry + BRANCH] ?? 0
    found.fingerprintHi = ints[entry + FINGERPRINT_HI] ?? 0
    found.fingerprintLo = ints[entry + FINGERPRINT_LO] ?? 0
    found.discarded = verdict === 0 ? undefined : this.#discarded[verdict - 1]
    return found
  }

  #verdictOf(outcome: SeriesOutcome): number {
    if (outcome.status === 'kept') return 0
    const why = reasonOf(outcome)
    const known = this.#discarded.findIndex((each) => each.status === outcome.status && reasonOf(each) === why)
    return known === -1 ? this.#discarded.push(outcome) : known + 1
  }
}

function reasonOf(outcome: Discarded): string {
  return outcome.status === 'dropped' ? outcome.rule : outcome.reason
}

function bytesOf(key: string, { block }: OutcomeGroup): number {
  return key.length + block.byteLength + GROUP_BYTES
}
