import { setTimeout as sleep } from 'node:timers/promises'
import { discard } from '@pegel/buffers'
import { encodeRecord, PEGEL_TENANT } from '@pegel/contracts'
import { messageOf } from '@pegel/errors'
import type { AllReader, KafkaPort, KafkaRecord, OutgoingRecord, Producer } from '@pegel/kafka'
import type { Logger } from '@pegel/telemetry'
import { retry } from '../processor-retry.ts'
import { sinkErrors } from '../sink-errors.ts'
import { LogPosition } from './log-position.ts'
import { ParkedFold } from './parked-fold.ts'
import type { ParkedLaneState } from './parked-fold.ts'
import { controlDraft, FETCH_BYTES, PARKED_TOPIC, parkedGroup, withParked } from './parked-record.ts'
import type { LaneKey, ParkedDraft } from './parked-record.ts'

/** Offsets of the parked topic that are gone and may have held records without an outcome. */
export interface ParkedGap {
  readonly partition: number
  readonly from: number
  readonly to: number
}

export interface ParkedTopicOptions {
  readonly kafka: Pick<KafkaPort, 'readAll' | 'offsets' | 'committed' | 'bookmark'>
  readonly producer: Pick<Producer, 'send'>
  /** Label of the sink: its records in the topic are its own. */
  readonly sink: string
  /** Consumer group of the sink. */
  readonly group: string
  /** Names this assignment, and no other before or after. */
  readonly owner: string
  readonly partitions: readonly number[]
  readonly log: Logger
  /** A lane was changed, by this assignment or by an operator. Not called before open() resolves. */
  readonly onLane: (lane: ParkedLaneState, partition: number, kind: string) => void
  readonly onGap: (gap: ParkedGap) => void
  /** How often the bookmark is set at most, ms. */
  readonly bookmarkMs: number
  /** How often a partition gets a new fence though nothing happens, ms; default an hour. Keeps what is read at the next start short. */
  readonly renewMs?: number
  /** How long to wait before a partition is claimed again that another claims too, ms; default 3 s: by then the loser knows. */
  readonly reclaimMs?: number
}

const HOUR_MS = 3_600_000
/** Longer than a heartbeat: whoever has lost the partition has been told by then. */
const RECLAIM_MS = 3_000

interface Claim {
  readonly seq: number
  /** Offset of the fence. */
  readonly offset: number
}

/**
 * The parked topic as one assignment of a sink writes and reads it. What is written counts once it was read back, in the order of the
 * log: so whatever another writer does at the same time, all who read the log later agree with what this one did next.
 */
export class ParkedTopic {
  readonly #options: ParkedTopicOptions
  readonly #abort = new AbortController()
  readonly #folds = new Map<number, ParkedFold>()
  readonly #positions = new Map<number, LogPosition>()
  readonly #claims = new Map<number, Claim>()
  readonly #claiming = new Map<number, Promise<void>>()
  readonly #bookmarks = new Map<number, number>()
  /** Own records that did not count, until their writer has seen it: `partition/offset`. */
  readonly #void = new Set<string>()
  #reader: AllReader | undefined
  #opened = false
  #timer: NodeJS.Timeout | undefined
  #renewal: NodeJS.Timeout | undefined

  constructor(options: ParkedTopicOptions) {
    this.#options = options
  }

  /** Reads what is parked, to the end, and claims the partitions. May be called again after it failed. */
  async open(): Promise<void> {
    const { kafka, partitions, renewMs = HOUR_MS } = this.#options
    this.#opened = false
    clearInterval(this.#renewal)
    await this.#reader?.close()
    for (const partition of partitions) {
      this.#folds.set(partition, new ParkedFold())
      this.#positions.set(partition, new LogPosition())
    }
    const starts = await this.#starts()
    this.#reader = await kafka.readAll(PARKED_TOPIC, (record) => this.#take(record), {
      partitions,
      from: ({ partition, earliest }) => starts.get(partition) ?? earliest,
      maxBytesPerPartition: FETCH_BYTES,
    })
    if (this.#abort.signal.aborted) await this.#reader.close()
    await this.#orAborted(this.#reader.caughtUp)
    await Promise.all(partitions.map((partition) => this.#claim(partition)))
    this.#opened = true
    this.#renewal = setInterval(() => this.#renew(), renewMs).unref()
    this.#bookmarkSoon()
  }

  lane({ tenant, topic, partition }: LaneKey): ParkedLaneState | undefined {
    return this.#folds.get(partition)?.lane(tenant, topic)
  }

  *lanes(): Generator<LaneKey & { readonly state: ParkedLaneState }> {
    for (const [partition, fold] of this.#folds)
      for (const state of fold.lanes) yield { tenant: state.tenant, topic: state.topic, partition, state }
  }

  /** Resolves when Kafka has these records of one partition and they count. Tries until then, or until the topic is closed. */
  async write(partition: number, drafts: readonly ParkedDraft[]): Promise<void> {
    if (drafts.length === 0) return
    for (;;) {
      await this.#claiming.get(partition)
      const seq = this.#claims.get(partition)?.seq ?? 0
      const offsets = await this.#send(partition, drafts, seq)
      await this.#readTo(partition, Math.max(...offsets) + 1)
      const lost = offsets.map((offset) => this.#void.delete(`${partition}/${offset}`)).some(Boolean)
      if (!lost) break
      if (this.#claims.get(partition)?.seq === seq) await this.#reclaim(partition)
    }
    this.#bookmarkSoon()
  }

  /** Sets the bookmark now. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const { kafka, group, partitions, log } = this.#options
    const offsets = partitions.flatMap((partition) => {
      const offset = this.#needed(partition)
      return offset === undefined || offset === this.#bookmarks.get(partition)
        ? []
        : [{ topic: PARKED_TOPIC, partition, offset }]
    })
    if (!this.#opened || offsets.length === 0) return
    try {
      await kafka.bookmark(parkedGroup(group), offsets)
      for (const { partition, offset } of offsets) this.#bookmarks.set(partition, offset)
    } catch (error) {
      log.warn('bookmark of the parked topic not set, tried again', { problem: messageOf(error) })
      this.#bookmarkSoon()
    }
  }

  close(): void {
    if (this.#abort.signal.aborted) return
    this.#abort.abort(sinkErrors.aborted({ reason: 'the assignment is over' }))
    clearTimeout(this.#timer)
    clearInterval(this.#renewal)
    for (const position of this.#positions.values()) position.fail(this.#abort.signal.reason as Error)
    void this.#reader?.close()
  }

  /** Bookmarks; where there is none, or it is out of range, the earliest record. */
  async #starts(): Promise<Map<number, number>> {
    const { kafka, group, partitions, onGap } = this.#options
    const [marks, ranges] = await this.#orAborted(
      Promise.all([kafka.committed(parkedGroup(group), PARKED_TOPIC), kafka.offsets(PARKED_TOPIC)]),
    )
    const starts = new Map<number, number>()
    for (const { partition, offset } of marks) {
      const range = ranges.find((each) => each.partition === partition)
      if (!partitions.includes(partition) || offset < 0 || range === undefined) continue
      if (offset >= range.earliest && offset <= range.latest) starts.set(partition, offset)
      else onGap({ partition, from: offset, to: Math.max(offset + 1, range.earliest) })
    }
    return starts
  }

  #take(record: KafkaRecord): void {
    const { sink, owner, log, onLane } = this.#options
    const { partition, offset, timestampMs } = record
    const fold = this.#folds.get(partition)
    const position = this.#positions.get(partition)
    if (fold === undefined || position === undefined || this.#abort.signal.aborted) return
    withParked(record, log, (parked) => {
      if (parked.sink === sink) {
        const { counts, lanes } = fold.apply(parked, { offset, timestampMs })
        if (!counts && parked.owner === owner) this.#void.add(`${partition}/${offset}`)
        if (this.#opened) for (const lane of lanes) onLane(lane, partition, parked.kind)
      }
      // How much was parked is what counts here, not what.
      discard(parked.value)
    })
    position.reached(offset + 1)
  }

  async #send(partition: number, drafts: readonly ParkedDraft[], seq: number): Promise<readonly number[]> {
    const { producer, log, sink, owner } = this.#options
    const { signal } = this.#abort
    const parkedAtMs = Date.now()
    const records = drafts.map((draft): OutgoingRecord => {
      const value = encodeRecord('Parked', { ...draft, sink, owner, seq, parkedAtMs })
      return { topic: PARKED_TOPIC, partition, key: draft.tenant, value }
    })
    const produced = await retry(() => producer.send(records), { what: 'write to the parked topic', log, signal })
    for (const { value } of records) if (value !== null) discard(value)
    return produced.map(({ offset }) => offset)
  }

  /** One claim of a partition at a time, whoever asks. */
  #claim(partition: number): Promise<void> {
    const open = this.#claiming.get(partition)
    if (open !== undefined) return open
    const claim = this.#claimNow(partition).finally(() => this.#claiming.delete(partition))
    this.#claiming.set(partition, claim)
    return claim
  }

  async #claimNow(partition: number): Promise<void> {
    const { owner, log } = this.#options
    const fence = controlDraft({ tenant: PEGEL_TENANT, topic: '', partition }, 'fence')
    const fences = this.#folds.get(partition)?.fences
    while (fences !== undefined) {
      const seq = fences.seq + 1
      const [offset = 0] = await this.#send(partition, [fence], seq)
      await this.#readTo(partition, offset + 1)
      if (fences.isHeldBy(owner, seq)) {
        this.#claims.set(partition, { seq, offset })
        return
      }
      log.warn('another member claims this partition of the parked topic; waiting', { partition, seq })
      await this.#calm()
    }
  }

  /** Another assignment has claimed the partition. If it is the newer one, this one is told within a heartbeat and closed. */
  async #reclaim(partition: number): Promise<void> {
    this.#options.log.warn('another member has claimed this partition of the parked topic; waiting', { partition })
    await this.#calm()
    await this.#claim(partition)
  }

  #calm(): Promise<unknown> {
    return this.#orAborted(sleep(this.#options.reclaimMs ?? RECLAIM_MS))
  }

  #renew(): void {
    const { partitions, owner } = this.#options
    for (const partition of partitions) {
      const seq = this.#claims.get(partition)?.seq ?? 0
      if (this.#folds.get(partition)?.fences.isHeldBy(owner, seq) !== true) continue
      this.#claim(partition).then(
        () => this.#bookmarkSoon(),
        () => undefined,
      )
    }
  }

  /** The first offset that the next owner needs. */
  #needed(partition: number): number | undefined {
    const claim = this.#claims.get(partition)
    if (claim === undefined) return undefined
    return Math.min(claim.offset, this.#folds.get(partition)?.firstNeeded ?? claim.offset)
  }

  #bookmarkSoon(): void {
    if (this.#abort.signal.aborted) return
    this.#timer ??= setTimeout(() => void this.flush(), this.#options.bookmarkMs)
  }

  async #readTo(partition: number, offset: number): Promise<void> {
    this.#abort.signal.throwIfAborted()
    await this.#positions.get(partition)?.wait(offset)
  }

  #orAborted<T>(work: Promise<T>): Promise<T> {
    const { signal } = this.#abort
    return Promise.race([
      work,
      new Promise<never>((_resolve, reject) => {
        const give = (): void => reject(signal.reason as Error)
        if (signal.aborted) give()
        else signal.addEventListener('abort', give, { once: true })
      }),
    ])
  }
}
