import type { PointGroup, SeriesRun } from './metric-batch.ts'

/** A group of a batch that was read: its block is made when it is asked for. */
export class GroupView implements PointGroup {
  readonly bytes: Buffer
  readonly start: number
  readonly end: number
  #block: Buffer | undefined

  constructor(bytes: Buffer, start: number, end: number) {
    this.bytes = bytes
    this.start = start
    this.end = end
  }

  get block(): Buffer {
    return (this.#block ??= this.bytes.subarray(this.start, this.end))
  }
}

/**
 * A run of a batch that was read. Making a view of a buffer costs more than reading the point of a run, and a cached
 * series needs none, so its block is made when it is asked for. Fields are set one by one: this is the hot path.
 */
export class RunView implements SeriesRun {
  readonly group: GroupView
  readonly start: number
  readonly end: number
  fingerprintHi = 0
  fingerprintLo = 0
  startTimeMs = 0
  startTimeNs = 0
  first = 0
  count = 0
  #block: Buffer | undefined

  constructor(group: GroupView, start: number, end: number) {
    this.group = group
    this.start = start
    this.end = end
  }

  get block(): Buffer {
    return (this.#block ??= this.group.bytes.subarray(this.start, this.end))
  }
}
