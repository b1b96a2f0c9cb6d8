import type { KafkaRecord } from '@pegel/kafka'
import type { Logger, Span } from '@pegel/telemetry'
import type { DeadLetterRules } from '../dead-letter-rule.ts'
import type { LaneBreaker } from '../lane-breaker.ts'
import type { LaneItem } from '../lane-item.ts'
import type { Lane } from '../lane.ts'
import type { Finished } from '../sink-finish.ts'
import type { Identity } from '../sink-judge.ts'
import type { SinkLimits } from '../sink-limits.ts'
import type { SinkRecord } from '../sink.ts'
import type { DrainSlots } from './drain-slots.ts'
import type { ParkedLane } from './parked-lane.ts'
import type { LaneKey, ParkReason } from './parked-record.ts'
import type { ParkedTopic } from './parked-topic.ts'
import type { ParkedCopy, ReadBack } from './read-back.ts'

/** What parked lanes share. */
export interface ParkedLaneDeps<R extends SinkRecord> {
  readonly limits: SinkLimits
  readonly log: Logger
  readonly topic: Pick<ParkedTopic, 'lane' | 'write'>
  readonly slots: DrainSlots
  readonly rules: Pick<DeadLetterRules, 'of'>
  readonly identify: (record: KafkaRecord) => Identity
  readonly createLane: (options: DrainLaneOptions) => Lane<R>
  readonly createReadBack: (options: ReadBackStart) => ReadBack
  /** The record to work on, of one that was fetched. */
  readonly admit: (stored: KafkaRecord) => KafkaRecord | undefined
  readonly trace: (record: KafkaRecord) => Span | undefined
  readonly book: (finished: readonly Finished[]) => Promise<boolean>
  /** Of records that are booked already. */
  readonly settle: (items: readonly LaneItem[]) => void
  readonly backendUp: () => boolean
  /** What a lane holds has changed. */
  readonly onChanged: (lane: ParkedLane<R>) => void
  /** Everything parked has its outcome: these records, which came meanwhile, are to be written directly from now on. */
  readonly onReleased: (lane: ParkedLane<R>, items: readonly LaneItem[]) => void
}

export interface DrainLaneOptions {
  readonly key: LaneKey
  readonly breaker: LaneBreaker
  readonly onFinished: (finished: readonly Finished[]) => void
  readonly onTrouble: () => void
  readonly onStop: (reason: string) => void
}

export interface ReadBackStart {
  readonly lane: LaneKey
  readonly anchor: number
  readonly doneOffset: number
  readonly onCopy: (copy: ParkedCopy) => void
}

export interface ParkedLaneOptions<R extends SinkRecord> {
  readonly key: LaneKey
  readonly breaker: LaneBreaker
  readonly reason: ParkReason
  /** What is refused too often: the lane is not drained until an operator resumes it. */
  readonly stop: string | undefined
  /** Until then the topic is being told of what the lane was before. */
  readonly after: Promise<void> | undefined
  readonly deps: ParkedLaneDeps<R>
}
