import { ARENA_FIELDS, BlockArena, kindOfSeriesBlock, POINT_BRANCH, Slab } from '@pegel/contracts'
import type { ArenaKey, SlabSeries, Viewed } from '@pegel/contracts'
import type { SeriesLabels } from './labels.ts'
import type { RefusalReason } from './refusals.ts'

/** Fields of an entry. */
const FINGERPRINT_HI = ARENA_FIELDS
const FINGERPRINT_LO = ARENA_FIELDS + 1
const LABEL_BYTES = ARENA_FIELDS + 2
const ADMITTED_AT = ARENA_FIELDS + 3
const BRANCH = ARENA_FIELDS + 4
const PROBLEM = ARENA_FIELDS + 5 // its place in the list of problems; 0 for none
const FIELDS = 6

const NO_SLAB = new Slab(0)

/** Encoded series by the raw bytes that a client sends for them. */
export class SeriesArena {
  readonly #arena = new BlockArena(FIELDS)
  readonly #problems: RefusalReason[] = []
  readonly #found = new ArenaSeries()

  /** Series in it. */
  get size(): number {
    return this.#arena.size
  }

  /** Bytes of its memory, free room included. */
  get sizeBytes(): number {
    return this.#arena.sizeBytes
  }

  /**
   * The series of an owner with this key. The object is the same every time: it tells of what was found last.
   * @param owner what else tells series apart, for example their metric; at least 1
   */
  find({ view }: Viewed, owner: number, from: number, to: number): ArenaSeries | undefined {
    const entry = this.#arena.find(view, owner, from, to)
    return entry === 0 ? undefined : this.#at(entry)
  }

  /** As find(), of the one behind that which was found last alone. */
  findBehind({ view }: Viewed, owner: number, from: number, to: number): ArenaSeries | undefined {
    const entry = this.#arena.findBehind(view, owner, from, to)
    return entry === 0 ? undefined : this.#at(entry)
  }

  /**
   * Adds a series that find() does not know, and gives it as find() will. The key's bytes are copied: the reader's body can go.
   * Undefined when there is no room.
   */
  add({ view }: Viewed, { owner, from, to }: Omit<ArenaKey, 'view'>, labels: SeriesLabels): ArenaSeries | undefined {
    const entry = this.#arena.add({ owner, view, from, to }, labels.block)
    if (entry === 0) return undefined
    const { fingerprintHi, fingerprintLo, labelBytes, admittedAt } = labels
    const fields = [fingerprintHi, fingerprintLo, labelBytes, admittedAt, branchOf(labels), this.#problemOf(labels)]
    this.#arena.slab.ints.set(fields, entry + ARENA_FIELDS)
    return this.#at(entry)
  }

  #at(entry: number): ArenaSeries {
    const arena = this.#arena
    const { slab } = arena
    const problem = slab.ints[entry + PROBLEM] ?? 0
    const found = this.#found
    found.slab = slab
    found.entry = entry
    found.blockAt = arena.blockAt
    found.blockBytes = arena.blockBytes
    found.problem = problem === 0 ? undefined : this.#problems[problem - 1]
    return found
  }

  #problemOf({ problem }: SeriesLabels): number {
    if (problem === undefined) return 0
    const known = this.#problems.indexOf(problem)
    return known === -1 ? this.#problems.push(problem) : known + 1
  }
}

/** Shows an entry as the labels that it was made of. */
export class ArenaSeries implements SeriesLabels, SlabSeries {
  slab = NO_SLAB
  blockAt = 0
  blockBytes = 0
  entry = 0
  problem: RefusalReason | undefined

  get branch(): number {
    return this.#field(BRANCH)
  }

  get block(): Uint8Array {
    return this.slab.bytes(this.blockAt, this.blockBytes)
  }

  get fingerprintHi(): number {
    return this.#field(FINGERPRINT_HI)
  }

  get fingerprintLo(): number {
    return this.#field(FINGERPRINT_LO)
  }

  get labelBytes(): number {
    return this.#field(LABEL_BYTES)
  }

  get admittedAt(): number {
    return this.#field(ADMITTED_AT)
  }

  set admittedAt(tick: number) {
    this.slab.ints[this.entry + ADMITTED_AT] = tick
  }

  #field(field: number): number {
    return this.slab.ints[this.entry + field] ?? 0
  }
}

/** Of what is refused there is no block, and no point is written. */
function branchOf({ block }: SeriesLabels): number {
  return block.length === 0 ? 0 : POINT_BRANCH[kindOfSeriesBlock(block)]
}
