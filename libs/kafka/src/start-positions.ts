import type { Cluster, TopicOffsets } from './kafkajs-internals.ts'
import type { CommitRequest, Gap, TopicPartition } from './port.ts'
import type { Position } from './fetcher.ts'

export interface Range {
  readonly earliest: number
  readonly latest: number
}

/** Undefined when the range is not known. */
export type RangeOf = (partition: TopicPartition) => Range | undefined

export const noRanges: RangeOf = () => undefined

export interface Start {
  readonly positions: readonly Position[]
  /** Offsets that were committed to be read next and are gone. */
  readonly gaps: readonly Gap[]
}

/**
 * Where to begin: at the committed offset, else at the earliest; an offset that is out of range leaves a gap. Where the
 * range is not known the position is what was committed, or -1: the fetch then ends out of range, and place() decides.
 */
export function startPositions(committed: readonly CommitRequest[], rangeOf: RangeOf): Start {
  const gaps: Gap[] = []
  const positions = committed.map(({ topic, partition, offset }) => {
    const range = rangeOf({ topic, partition })
    if (range === undefined) return { topic, partition, next: offset }
    const { next, gap } = place(offset, range)
    if (gap !== null) gaps.push({ topic, partition, ...gap })
    return { topic, partition, next }
  })
  return { positions, gaps }
}

/**
 * @param offset -1 when nothing was committed
 * A committed offset behind the end means that the topic was made anew or lost its end: reading again from the earliest
 * repeats records, which is harmless, and skips none.
 */
export function place(offset: number, range: Range): { next: number; gap: { from: number; to: number } | null } {
  if (offset < 0 || offset > range.latest) return { next: range.earliest, gap: null }
  if (offset >= range.earliest) return { next: offset, gap: null }
  return { next: range.earliest, gap: { from: offset, to: range.earliest } }
}

/** Earliest and latest offsets of these partitions, by `topic/partition`. */
export async function readRanges(cluster: Cluster, partitions: readonly TopicPartition[]): Promise<RangeOf> {
  const topics = [...new Set(partitions.map(({ topic }) => topic))]
  const ask = (fromBeginning: boolean): Promise<readonly TopicOffsets[]> =>
    cluster.fetchTopicsOffset(
      topics.map((topic) => ({
        topic,
        partitions: partitions.filter((p) => p.topic === topic).map(({ partition }) => ({ partition })),
        fromBeginning,
      })),
    )
  const [earliest, latest] = await Promise.all([ask(true), ask(false)])
  const [first, last] = [index(earliest), index(latest)]
  return ({ topic, partition }) => {
    const [low, high] = [first.get(`${topic}/${partition}`), last.get(`${topic}/${partition}`)]
    return low === undefined || high === undefined ? undefined : { earliest: low, latest: high }
  }
}

function index(offsets: readonly TopicOffsets[]): Map<string, number> {
  const found = new Map<string, number>()
  for (const { topic, partitions } of offsets) {
    for (const { partition, offset } of partitions) found.set(`${topic}/${partition}`, Number(offset))
  }
  return found
}
