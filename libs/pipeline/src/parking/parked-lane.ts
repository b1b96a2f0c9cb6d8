import { messageOf } from '@pegel/errors'
import type { Logger } from '@pegel/telemetry'
import type { DeadLetterRule } from '../dead-letter-rule.ts'
import type { LaneBreaker } from '../lane-breaker.ts'
import { storedOf } from '../lane-item.ts'
import type { LaneItem } from '../lane-item.ts'
import { endVoid } from '../lane-trace.ts'
import type { SinkRecord } from '../sink.ts'
import { DrainTeller } from './drain-teller.ts'
import { expireCopies } from './expire-copies.ts'
import { LaneDrain } from './lane-drain.ts'
import { LaneSpill } from './lane-spill.ts'
import type { ParkedLaneState } from './parked-fold.ts'
import type { ParkedLaneDeps, ParkedLaneOptions } from './parked-lane-deps.ts'
import { controlDraft, laneName } from './parked-record.ts'
import type { LaneKey, ParkReason } from './parked-record.ts'
import { Turns } from '../turns.ts'

/** How often the topic is told how far a lane is drained: what is repeated after a crash. */
const MARK_MS = 1_000
/** Until a drain that could not read is tried again. */
const AGAIN_MS = 1_000
/** A drain makes room for others that wait after so many times what it may hold in memory. */
const YIELD_AFTER = 4

/**
 * A lane that is parked: what comes is copied to the parked topic, until the backend takes its writes again and the topic is drained
 * in order. Near the end what comes is kept in memory instead, so that the end is reached.
 */
export class ParkedLane<R extends SinkRecord> {
  readonly key: LaneKey
  readonly breaker: LaneBreaker
  readonly #deps: ParkedLaneDeps<R>
  readonly #log: Logger
  readonly #turns = new Turns()
  readonly #teller: DrainTeller
  readonly #spill: LaneSpill
  readonly #rule: DeadLetterRule
  /** Of a lane that is parked for it: before its first copy. */
  readonly #stopped: string | undefined
  /** The topic is still being told of what the lane was before. */
  #after: Promise<void> | undefined
  #started = false
  #closed = false
  #drain: LaneDrain<R> | null = null
  #suspending = false
  #expiring = false
  /** The topic is being told that the lane is stopped. */
  #stopping = false
  #giveSlot: () => void = () => undefined
  #yieldAt = 0
  #drainTimer: NodeJS.Timeout | undefined

  constructor({ key, breaker, reason, stop, after, deps }: ParkedLaneOptions<R>) {
    const { topic, identify, book, settle, limits } = deps
    this.key = key
    this.breaker = breaker
    this.#rule = deps.rules.of(laneName(key))
    this.#stopped = stop
    this.#deps = deps
    this.#log = deps.log.child({ tenant_id: key.tenant })
    this.#after = after
    this.#spill = new LaneSpill({
      ...{ key, reason, identify, book, settle, turns: this.#turns, laneBytes: limits.laneBytes },
      state: () => this.state,
      readBack: () => this.#drain?.lastOffset ?? -1,
      write: (partition, drafts) => topic.write(partition, drafts),
      onSpilled: () => deps.onChanged(this),
      onFailed: (error) => this.#failed('records could not be parked, tried again', error),
    })
    this.#teller = new DrainTeller({
      ...{ key, topic, turns: this.#turns },
      mayEnd: () => !this.#spill.active,
      onEnd: (doneOffset) => this.#release(doneOffset),
      onTold: () => this.#progressed(),
      onFailed: (error) => this.#failed('the parked topic could not be told what is drained', error),
    })
  }

  get tenant(): string {
    return this.key.tenant
  }

  /** Bytes in memory that are not parked yet. */
  get bytes(): number {
    return this.#spill.bytes
  }

  get records(): number {
    return this.#spill.records
  }

  get stuckMs(): number {
    return this.#drain?.lane.stuckMs ?? 0
  }

  /** As the topic has it; undefined before the first copy. */
  get state(): ParkedLaneState | undefined {
    return this.#deps.topic.lane(this.key)
  }

  push(item: LaneItem): void {
    this.#spill.push(item)
    if (this.#started) this.#spill.run()
  }

  /** Records that came before it was parked; before start(). */
  prepend(items: readonly LaneItem[]): void {
    this.#spill.prepend(items)
  }

  /** All that the lane had before has its outcome, and it is booked. */
  start(): void {
    if (this.#closed || this.#started) return
    if (this.#after !== undefined) {
      void this.#after.then(() => this.start())
      this.#after = undefined
      return
    }
    this.#started = true
    const { accepts = [] } = this.state ?? {}
    if (accepts.length > 0) this.#rule.reset(accepts)
    if (this.#stopped !== undefined) this.#stop(this.#stopped)
    this.#spill.run()
    this.#drainIn(this.breaker.waitMs)
  }

  /** Its memory has been full for too long: what comes is parked again. */
  unload(): void {
    this.#spill.active = true
    if (this.#started) this.#spill.run()
  }

  /** The topic has a new record of this lane. */
  changed(kind: string): void {
    if (kind === 'drained') this.#teller.heard()
    if (kind !== 'resume') return
    this.#log.info('parked lane is resumed', { accepts: this.state?.accepts })
    this.#rule.reset(this.state?.accepts)
    this.breaker.allow()
    this.#drainIn(0)
  }

  /** Gives up what was parked so long ago that retention is about to remove it. */
  async expire(beforeMs: number): Promise<void> {
    const { state } = this
    if (this.#closed || !this.#started || this.#drain !== null || this.#expiring) return
    if (state === undefined || state.records === 0 || state.oldestMs > beforeMs) return
    this.#expiring = true
    this.#giveSlot()
    const progress = this.#teller.begin(state)
    const { lastOffset } = state
    try {
      const records = await expireCopies({ lane: this.key, progress, beforeMs, lastOffset, deps: this.#deps })
      if (records > 0) this.#log.error('parked records expired before they could be written', { records })
      if (records > 0) this.#progressed()
      // Nothing that is left says that the lane is stopped, and retention is about to remove what does.
      const stop = this.state?.stop ?? null
      if (records > 0 && stop !== null && this.#teller.left.records === 0) this.#stop(stop.detail)
    } catch (error) {
      this.#failed('expired records could not be booked, tried again', error)
    }
    this.#expiring = false
    this.#drainIn(this.breaker.waitMs)
  }

  /** The backend is up again. */
  wake(): void {
    this.#drainIn(this.breaker.waitMs)
  }

  close(reason: string): void {
    if (this.#closed) return
    this.#closed = true
    clearTimeout(this.#drainTimer)
    this.#teller.close()
    void this.#drain?.close(reason)
    this.#giveSlot()
    endVoid(this.#spill.close(), reason)
  }

  #drainIn(waitMs: number): void {
    clearTimeout(this.#drainTimer)
    if (!this.#started || this.#closed) return
    this.#drainTimer = setTimeout(() => this.#beginDrain(), waitMs)
  }

  #beginDrain(): void {
    const { state } = this
    if (this.#closed || this.#expiring || this.#drain !== null) return
    if (state === undefined) {
      // The first copy is on its way.
      this.#drainIn(AGAIN_MS / 10)
      return
    }
    // Until an operator, or the backend, is back.
    if (this.#isStopped || !this.#deps.backendUp()) return
    this.#giveSlot()
    this.#giveSlot = this.#deps.slots.take(() => this.#openDrain())
  }

  #openDrain(): void {
    const { state, key } = this
    if (this.#closed || state === undefined) return
    const { createLane, createReadBack, book, trace, admit, limits } = this.#deps
    const progress = this.#teller.begin(state)
    this.#yieldAt = progress.drainedBytes + YIELD_AFTER * limits.drainBytes
    this.#log.info('parked lane is drained', { from: progress.anchor, records: state.records })
    this.#drain = new LaneDrain<R>({
      createLane: (onFinished) =>
        createLane({
          ...{ key, breaker: this.breaker, onFinished },
          onTrouble: () => this.#troubled(),
          onStop: (reason) => {
            this.#suspend('too much is refused')
            this.#stop(reason)
          },
        }),
      createReadBack: (onCopy) =>
        createReadBack({ lane: key, anchor: progress.anchor, doneOffset: progress.doneOffset, onCopy }),
      ...{ progress, book, trace, admit },
      maxBytes: limits.drainBytes,
      onProgress: () => this.#progressed(),
      onFailed: (error) => {
        this.#failed('parked records could not be read, tried again', error)
        this.#suspend('the parked topic cannot be read', AGAIN_MS)
      },
    })
    this.#progressed()
  }

  #troubled(): void {
    if (this.breaker.state !== 'closed' || this.breaker.waitMs > 0) this.#suspend('the backend refuses')
  }

  /** Says that the lane waits for an operator. What follows is parked behind. */
  #stop(detail: string): void {
    this.#log.error('lane is stopped: too much would become dead letters; see pegel lanes', { reason: detail })
    const reason: ParkReason = 'dead_letter_rule'
    this.#stopping = true
    this.#turns
      .take(() => {
        const offset = this.#spill.firstOffset ?? (this.#teller.progress?.doneOffset ?? -1) + 1
        return this.#deps.topic.write(this.key.partition, [controlDraft(this.key, 'stop', { offset, reason, detail })])
      })
      .then(() => this.#deps.onChanged(this))
      .catch((error: unknown) => this.#failed('the parked topic could not be told that the lane is stopped', error))
      .finally(() => {
        this.#stopping = false
        this.#drainIn(this.breaker.waitMs)
      })
  }

  /** Lets go of what was read back, and tries again later. */
  #suspend(reason: string, leastMs = 0): void {
    const drain = this.#drain
    if (drain === null || this.#suspending) return
    this.#suspending = true
    this.unload()
    void drain.close(reason).then(() => {
      this.#suspending = false
      this.#drain = null
      this.#giveSlot()
      this.#drainIn(Math.max(leastMs, this.breaker.waitMs))
    })
  }

  #progressed(): void {
    const { progress, left, busy } = this.#teller
    if (this.#closed || progress === null || busy) return
    const { limits, slots, onChanged } = this.#deps
    const near =
      this.#drain?.works === true && this.breaker.state === 'closed' && left.sizeBytes <= limits.laneBytes / 2
    if (!this.#isStopped && !this.#suspending && (left.records === 0 || near)) this.#spill.active = false
    this.#teller.tellIn(left.records === 0 ? 0 : MARK_MS)
    if (slots.contended && progress.drainedBytes >= this.#yieldAt) this.#suspend('other lanes wait', 1)
    onChanged(this)
  }

  #release(doneOffset: number): void {
    const items = this.#spill.close()
    this.#log.info('parked lane is drained: records are written directly again')
    this.#rule.reset()
    this.close('the lane is drained')
    // Records that came again after a rebalance may have been among those that were parked.
    this.#deps.settle(items.filter((item) => storedOf(item).offset <= doneOffset))
    this.#deps.onReleased(
      this,
      items.filter((item) => storedOf(item).offset > doneOffset),
    )
  }

  #failed(what: string, error: unknown): void {
    if (!this.#closed) this.#log.error(what, { problem: messageOf(error) })
  }

  get #isStopped(): boolean {
    return this.#stopping || (this.state?.stop ?? null) !== null
  }
}
