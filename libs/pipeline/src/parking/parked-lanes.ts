import { decodeRecord, encodeRecord } from '@pegel/contracts'
import type { KafkaPort, KafkaRecord, Producer } from '@pegel/kafka'
import { ParkedFold } from './parked-fold.ts'
import type { ParkedLaneState } from './parked-fold.ts'
import { controlDraft, PARKED_TOPIC, parkedGroup } from './parked-record.ts'
import type { LaneKey } from './parked-record.ts'

/** A parked lane of any sink. */
export interface ParkedLaneView extends LaneKey {
  /** Label of the sink. */
  readonly sink: string
  readonly state: ParkedLaneState
}

export interface ReadParkedLanesOptions {
  readonly kafka: Pick<KafkaPort, 'readAll' | 'committed'>
  /** Sinks whose bookmarks are known to begin at, each by its label; those of others are read from the beginning. */
  readonly sinks: readonly string[]
}

/** All lanes that are parked now, as the sinks themselves see them. Reads the parked topic as far as the sinks still need it. */
export async function readParkedLanes({ kafka, sinks }: ReadParkedLanesOptions): Promise<readonly ParkedLaneView[]> {
  const marks = new Map<string, number>()
  for (const sink of sinks)
    for (const { partition, offset } of await kafka.committed(parkedGroup(`sink-${sink}`), PARKED_TOPIC))
      if (offset >= 0) marks.set(`${sink}/${partition}`, offset)
  const folds = new Map<string, { readonly sink: string; readonly partition: number; readonly fold: ParkedFold }>()
  const reader = await kafka.readAll(PARKED_TOPIC, (record) => take(record), {})
  await reader.caughtUp
  await reader.close()
  return [...folds.values()].flatMap(({ sink, partition, fold }) =>
    fold.lanes.map((state) => ({ sink, partition, tenant: state.tenant, topic: state.topic, state })),
  )

  function take({ value, partition, offset, timestampMs }: KafkaRecord): void {
    if (value === null) return
    const parked = decodeRecord('Parked', value)
    const id = `${parked.sink}/${partition}`
    if (offset < (marks.get(id) ?? 0)) return
    const known = folds.get(id) ?? { sink: parked.sink, partition, fold: new ParkedFold() }
    folds.set(id, known)
    known.fold.apply(parked, { offset, timestampMs })
  }
}

export interface ResumeRequest extends LaneKey {
  readonly sink: string
  /** Reasons that may become dead letters until the lane is drained. */
  readonly accepts: readonly string[]
}

/** Tells whoever owns the lane, now or later, to drain it. Resolves when Kafka has it. */
export async function resumeLane(producer: Pick<Producer, 'send'>, request: ResumeRequest): Promise<void> {
  const { sink, accepts, ...key } = request
  const draft = controlDraft(key, 'resume', { detail: accepts.join(',') })
  const value = encodeRecord('Parked', { ...draft, sink, owner: '', seq: 0, parkedAtMs: Date.now() })
  await producer.send([{ topic: PARKED_TOPIC, partition: key.partition, key: key.tenant, value }])
}
