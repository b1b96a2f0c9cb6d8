import type { PointGroup, SeriesRun } from './metric-batch.ts'

/** Where the encoded label block of a group or series is. */
export interface BlockPlace {
  readonly view: DataView
  readonly start: number
  readonly end: number
}

/** A group of a batch that was read: its block is made when it is asked for. */
export class GroupView implements PointGroup, BlockPlace {
  readonly bytes: Buffer
  readonly view: DataView
  readonly start: number
  readonly end: number
  #block: Buffer | undefined

  constructor(source: { readonly bytes: Buffer; readonly view: DataView }, start: number, end: number) {
    this.bytes = source.bytes
    this.view = source.view
    this.start = start
    this.end = end
  }

  get block(): Buffer {
    return (this.#block ??= this.bytes.subarray(this.start, this.end))
  }
}

const NOTHING = Buffer.alloc(0)
const NO_GROUP = new GroupView({ bytes: NOTHING, view: new DataView(NOTHING.buffer, 0, 0) }, 0, 0)

/**
 * A run of a batch that was read. Making a view of a buffer costs more than reading the point of a run, and a cached
 * series needs none, so its block is made when it is asked for. Fields are set one by one: this is the hot path.
 */
export class RunView implements SeriesRun, BlockPlace {
  group = NO_GROUP
  start = 0
  end = 0
  fingerprintHi = 0
  fingerprintLo = 0
  startTimeMs = 0
  startTimeNs = 0
  first = 0
  count = 0
  #block: Buffer | undefined

  /** Makes it a run of this group whose block is there. */
  place(group: GroupView, start: number, end: number): void {
    this.group = group
    this.start = start
    this.end = end
    this.#block = undefined
  }

  get view(): DataView {
    return this.group.view
  }

  get block(): Buffer {
    return (this.#block ??= this.group.bytes.subarray(this.start, this.end))
  }
}

/** The place of a run's or group's block, without making the block where it was read from a batch. */
export function placeOf(source: SeriesRun | PointGroup): BlockPlace {
  if (source instanceof RunView || source instanceof GroupView) return source
  const { block } = source
  return { view: new DataView(block.buffer, block.byteOffset, block.length), start: 0, end: block.length }
}
