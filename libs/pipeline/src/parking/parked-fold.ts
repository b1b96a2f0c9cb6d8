import type { ParkedRecord } from '@pegel/contracts'
import { Fences } from './fences.ts'

/** A parked lane as a partition of the parked topic tells it. */
export interface ParkedLaneState {
  readonly tenant: string
  /** Source topic. */
  readonly topic: string
  /**
   * Where to read from in the parked topic: the last copy that has its outcome, or the first record of the lane. It is always a
   * record that counted, so that reading which begins here knows whose word counts.
   */
  readonly anchor: number
  /** Offset in the parked topic after its last copy. */
  readonly end: number
  /** Source offsets: of the first copy (all before it has its outcome), of the last one, and of the last one that has its outcome. */
  readonly firstOffset: number
  readonly lastOffset: number
  readonly doneOffset: number
  /** What has no outcome yet; bytes of source values. */
  readonly records: number
  readonly points: number
  readonly sizeBytes: number
  readonly reason: string
  readonly sinceMs: number
  /** When the oldest of these was parked, or somewhat earlier. */
  readonly oldestMs: number
  /** Not to be drained until it is resumed. `detail` is the reason that the backend gave. */
  readonly stop: { readonly detail: string; readonly sinceMs: number } | null
  /** Reasons that an operator lets become dead letters until the lane is drained. */
  readonly accepts: readonly string[]
}

type Lane = { -readonly [K in keyof ParkedLaneState]: ParkedLaneState[K] }

export interface ParkedPlace {
  readonly offset: number
  readonly timestampMs: number
}

/** Did it count, and which lane changed? */
export interface Applied {
  readonly counts: boolean
  readonly lanes: readonly ParkedLaneState[]
}

const VOID: Applied = { counts: false, lanes: [] }

/**
 * Records of one sink in one partition of the parked topic → its parked lanes. All who read the same log, from any record that counted,
 * come to the same lanes; memory is a few numbers per lane, whatever is parked.
 */
export class ParkedFold {
  readonly fences = new Fences()
  readonly #lanes = new Map<string, Lane>()

  get lanes(): readonly ParkedLaneState[] {
    return [...this.#lanes.values()]
  }

  lane(tenant: string, topic: string): ParkedLaneState | undefined {
    return this.#lanes.get(nameOf({ tenant, topic }))
  }

  /** The first offset that a later reader needs; undefined when nothing is parked. */
  get firstNeeded(): number | undefined {
    const anchors = this.lanes.map(({ anchor }) => anchor)
    return anchors.length === 0 ? undefined : Math.min(...anchors)
  }

  /** Takes the records in the order of the log. */
  apply(parked: ParkedRecord, place: ParkedPlace): Applied {
    if (!this.fences.admit(parked)) return VOID
    switch (parked.kind) {
      case 'record':
        return counted(this.#copy(parked, place))
      case 'stop':
        return counted(this.#stop(parked, place))
      case 'resume':
        return { counts: true, lanes: this.#resume(parked) }
      case 'drained':
        return counted(this.#drained(parked))
      default:
        return { counts: true, lanes: [] }
    }
  }

  #copy(parked: ParkedRecord, place: ParkedPlace): Lane {
    const lane = this.#lanes.get(nameOf(parked)) ?? this.#begin(parked, place)
    // Resent after a lost answer, or copied again after a crash.
    if (parked.offset <= lane.lastOffset) return lane
    if (lane.records === 0) lane.oldestMs = place.timestampMs
    lane.end = place.offset + 1
    lane.lastOffset = parked.offset
    lane.records += 1
    lane.points += parked.points
    lane.sizeBytes += parked.value.length
    return lane
  }

  /** Of a lane whose first records are gone or drained, the copies say what it was. */
  #begin(parked: ParkedRecord, { offset, timestampMs }: ParkedPlace): Lane {
    const { tenant, topic, reason, detail } = parked
    const lane: Lane = {
      ...{ tenant, topic, reason, anchor: offset, end: offset + 1, sinceMs: timestampMs, oldestMs: timestampMs },
      ...{ firstOffset: parked.offset, lastOffset: parked.offset - 1, doneOffset: -1 },
      ...{ records: 0, points: 0, sizeBytes: 0 },
      stop: reason === 'dead_letter_rule' ? { detail, sinceMs: timestampMs } : null,
      accepts: reason === 'resumed' ? listOf(detail) : [],
    }
    this.#lanes.set(nameOf(parked), lane)
    return lane
  }

  #stop(parked: ParkedRecord, place: ParkedPlace): Lane {
    const lane = this.#lanes.get(nameOf(parked)) ?? this.#begin(parked, place)
    lane.reason = parked.reason
    lane.stop = { detail: parked.detail, sinceMs: place.timestampMs }
    lane.accepts = []
    return lane
  }

  #resume({ tenant, detail }: ParkedRecord): readonly Lane[] {
    const lanes = [...this.#lanes.values()].filter((lane) => lane.tenant === tenant)
    for (const lane of lanes) {
      lane.stop = null
      lane.reason = 'resumed'
      lane.accepts = listOf(detail)
    }
    return lanes
  }

  #drained(parked: ParkedRecord): Lane | undefined {
    const lane = this.#lanes.get(nameOf(parked))
    if (lane === undefined || isLate(parked, lane)) return lane
    lane.anchor = parked.upTo - 1
    lane.doneOffset = parked.offset
    lane.records = parked.records
    lane.points = parked.points
    lane.sizeBytes = parked.sizeBytes
    lane.oldestMs = Math.max(lane.oldestMs, parked.timestampMs)
    if (lane.records === 0 && lane.stop === null && parked.upTo >= lane.end) this.#lanes.delete(nameOf(parked))
    return lane
  }
}

/** Written twice, since the answer to the first time was lost, and overtaken by what was told later. */
function isLate({ upTo, offset, records }: ParkedRecord, { anchor, doneOffset }: Lane): boolean {
  return upTo - 1 < anchor || (upTo - 1 === anchor && offset <= doneOffset && records > 0)
}

function counted(lane: Lane | undefined): Applied {
  return { counts: true, lanes: lane === undefined ? [] : [lane] }
}

function nameOf({ tenant, topic }: { readonly tenant: string; readonly topic: string }): string {
  return `${topic}/${tenant}`
}

function listOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(',')
}
