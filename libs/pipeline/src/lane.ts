import { messageOf } from '@pegel/errors'
import type { TenantConfig } from '@pegel/tenancy'
import { traceFields } from '@pegel/telemetry'
import type { Logger } from '@pegel/telemetry'
import { breakerOf } from './lane-breaker.ts'
import type { LaneBreaker } from './lane-breaker.ts'
import type { LaneDeps, LanePast } from './lane-deps.ts'
import type { LaneItem, WriteItem } from './lane-item.ts'
import type { LaneMailbox } from './lane-mailbox.ts'
import { endVoid, startWrite } from './lane-trace.ts'
import type { WriteTrace } from './lane-trace.ts'
import type { Steps } from './lane-scheduler.ts'
import { retryDelayMs } from './retry-delay.ts'
import { sinkErrors } from './sink-errors.ts'
import { finishWritten } from './sink-finish.ts'
import type { Finished } from './sink-finish.ts'
import type { Outcome, SinkRecord, WriteResult } from './sink.ts'
import { withDeadline } from './with-deadline.ts'

interface Failure {
  readonly afterMs?: number | undefined
  readonly trace: WriteTrace | undefined
}

/** Configurations and schemas arrive within moments; asking is cheap. */
const MAX_WAIT_MS = 2_000

/**
 * The records of one tenant at one sink: its own bounded queue, retries and breaker, one write in flight. Nothing newer is sent
 * until every point of the write before is answered for, since the order within a series depends on it.
 */
export class Lane<R extends SinkRecord> implements Steps {
  readonly tenant: string
  readonly breaker: LaneBreaker
  readonly #deps: LaneDeps<R>
  readonly #mailbox: LaneMailbox<R>
  readonly #log: Logger
  #bytes = 0
  #phase: 'idle' | 'ready' | 'running' | 'sleeping' | 'closed' = 'idle'
  /** The write under way or to be repeated: only items with open points. */
  #current: readonly WriteItem<R>[] = []
  #attempt = 0
  #waitingFor = ''
  #timer: NodeJS.Timeout | undefined
  /** Since when nothing was stored, counted from when there was something to store. */
  #idleSinceMs = 0
  /** One record asks whether the backend takes writes (again): the answer may well be no, and a full write is much work for that. */
  #doubtful: boolean
  #retiring: PromiseWithResolvers<undefined> | null = null
  #controller = new AbortController()

  /** @param past of the lane that this one goes on from: its breaker, and whether its writes succeeded at last */
  constructor(tenant: string, mailbox: LaneMailbox<R>, deps: LaneDeps<R>, past: LanePast = {}) {
    const { breaker = breakerOf(deps.limits), doubtful = false } = past
    this.tenant = tenant
    this.#mailbox = mailbox
    this.#deps = deps
    this.#log = deps.log.child({ tenant_id: tenant })
    this.breaker = breaker
    this.#doubtful = doubtful
  }

  /** Bytes of records without a final outcome. */
  get bytes(): number {
    return this.#bytes
  }

  get records(): number {
    return this.#mailbox.length + this.#current.length
  }

  get probing(): boolean {
    return this.breaker.state !== 'closed'
  }

  /** For how long it has tried in vain, ms. */
  get stuckMs(): number {
    return this.records === 0 ? 0 : Date.now() - this.#idleSinceMs
  }

  /** What failed was not its fault. */
  forgive(): void {
    this.#doubtful = false
    this.breaker.succeeded()
    this.#idleSinceMs = Date.now()
  }

  push(item: LaneItem): void {
    if (this.records === 0) this.#idleSinceMs = Date.now()
    this.#bytes += item.sizeBytes
    this.#mailbox.push(item)
    if (this.#phase === 'idle') this.#ready()
  }

  /** Aborts the write in flight and forgets everything; nothing of it is booked. */
  close(reason: string): void {
    endVoid(this.abandon(reason), reason)
  }

  /**
   * Lets the write in flight finish, unless nothing has been stored for longer than this, and gives back, in order, all that has no outcome
   * then.
   */
  async retire(patienceMs: number, reason: string): Promise<readonly LaneItem[]> {
    this.#retiring = Promise.withResolvers<undefined>()
    if (this.#phase === 'running') {
      const { promise, resolve } = this.#retiring
      const timer = setTimeout(() => resolve(undefined), Math.max(0, patienceMs - this.stuckMs))
      await promise
      clearTimeout(timer)
    }
    return this.abandon(reason)
  }

  /** Aborts the write in flight and gives back, in order, all that has no outcome; nothing of it is booked. */
  abandon(reason: string): readonly LaneItem[] {
    if (this.#phase === 'closed') return []
    this.#phase = 'closed'
    this.#retiring?.resolve(undefined)
    clearTimeout(this.#timer)
    this.#controller.abort(sinkErrors.aborted({ reason }))
    const current = this.#current
    this.#current = []
    if (current.length > 0) this.#deps.onAbandoned(current.map(({ record }) => record))
    return [...current.map(({ item }) => item), ...this.#mailbox.clear()]
  }

  async step(): Promise<void> {
    if (this.#phase !== 'ready') return
    this.#phase = 'running'
    const waitMs = await this.#work()
    if (this.#isClosed()) return
    if (this.#retiring !== null) this.#retiring.resolve(undefined)
    else if (waitMs > 0) this.#sleep(waitMs)
    else if (this.records > 0) this.#ready()
    else this.#phase = 'idle'
  }

  /** Returns how long to wait until the next step. */
  async #work(): Promise<number> {
    if (this.#current.length === 0) {
      const { writes, finished, wait, stop } = this.#mailbox.collect(this.#mostRecords)
      if (wait !== null) return this.#waitFor(wait.reason, wait.message)
      this.#waitingFor = ''
      this.#current = writes
      this.#finish(finished)
      if (stop !== null && writes.length === 0) this.#deps.onStop(this, stop)
    }
    const sent = this.#current.slice(0, this.#mostRecords)
    const [first] = sent
    if (first === undefined) return 0
    const { tracing, sinkName } = this.#deps
    const trace = startWrite(tracing, { sinkName, attempt: this.#attempt }, sent)
    try {
      const result = await this.#write(first.config, sent, trace)
      return this.#isClosed() ? 0 : await this.#apply(sent, result, trace)
    } catch (error) {
      return this.#isClosed() ? 0 : await this.#failed(messageOf(error), { trace })
    } finally {
      trace?.end()
    }
  }

  get #mostRecords(): number {
    return this.#doubtful ? 1 : this.#deps.limits.recordsPerWrite
  }

  async #write(
    config: TenantConfig,
    sent: readonly WriteItem<R>[],
    trace: WriteTrace | undefined,
  ): Promise<WriteResult> {
    await this.#deps.prepare(config)
    const { writeTimeoutMs: timeoutMs } = this.#deps.limits
    const { write, tracing } = this.#deps
    this.#controller = new AbortController()
    const records = sent.map(({ record, tally }) => ({ ...record, select: tally.select }))
    const batch = { tenant: this.tenant, config, records }
    const onTimeout = (): Error => sinkErrors.write_timeout({ timeoutMs })
    const controller = this.#controller
    const work = (signal: AbortSignal): Promise<WriteResult> =>
      trace === undefined ? write(batch, signal) : tracing.within(trace.span, () => write(batch, signal))
    return withDeadline(work, { controller, timeoutMs, onTimeout })
  }

  async #apply(
    sent: readonly WriteItem<R>[],
    { outcomes, afterMs }: WriteResult,
    trace: WriteTrace | undefined,
  ): Promise<number> {
    const answered = pair(sent, outcomes)
    const before = openPoints(sent)
    for (const [write, outcome] of answered) write.tally.apply(outcome)
    const { done, stop } = this.#settled(sent)
    this.#current = this.#current.filter((write) => !done.has(write))
    const nowMs = Date.now()
    this.#finish([...done].map((write) => finishWritten(write, this.#deps.sinkName, nowMs)))
    if (stop !== null) {
      this.#deps.onStop(this, stop)
      return 0
    }
    const open = openPoints(sent)
    if (open === before) return this.#failed(`the backend wants all ${open} points again later`, { afterMs, trace })
    this.forgive()
    this.#attempt = 0
    return open === 0 ? 0 : this.#retryIn(afterMs)
  }

  /** Records whose points are all answered for, up to the one with which too much is refused. */
  #settled(sent: readonly WriteItem<R>[]): { readonly done: ReadonlySet<WriteItem<R>>; readonly stop: string | null } {
    const done = new Set<WriteItem<R>>()
    for (const write of sent) {
      const { tally, record } = write
      if (tally.open > 0) continue
      const stop = this.#deps.countRefused(record.envelope.points, tally.rejected)
      if (stop !== null) return { done, stop }
      done.add(write)
    }
    return { done, stop: null }
  }

  async #failed(problem: string, { afterMs, trace }: Failure): Promise<number> {
    trace?.fail(problem)
    this.#doubtful = true
    if (!(await this.#deps.backendUp()) || this.#isClosed()) return 0
    this.breaker.failed(afterMs)
    const waitMs = Math.max(this.#retryIn(afterMs), this.breaker.waitMs)
    this.#log.warn('write failed, tried again', {
      problem,
      waitMs,
      attempt: this.#attempt,
      breaker: this.breaker.state,
      ...traceFields(trace?.span.context),
    })
    this.#deps.onTrouble(this)
    return waitMs
  }

  #retryIn(afterMs?: number): number {
    const { retryBaseMs: baseMs, retryMaxMs: maxMs } = this.#deps.limits
    const attempt = this.#attempt
    this.#attempt += 1
    return Math.max(1, retryDelayMs({ attempt, baseMs, maxMs, afterMs }))
  }

  #waitFor(reason: string, message: string): number {
    if (reason !== this.#waitingFor) {
      this.#waitingFor = reason
      this.#attempt = 0
      this.#log.warn('lane waits', { reason, problem: message })
    }
    return Math.min(MAX_WAIT_MS, this.#retryIn())
  }

  #finish(finished: readonly Finished[]): void {
    if (finished.length === 0) return
    for (const { item } of finished) this.#bytes -= item.sizeBytes
    this.#deps.onFinished(this, finished)
  }

  #ready(): void {
    this.#phase = 'ready'
    this.#deps.schedule(this)
  }

  #sleep(waitMs: number): void {
    this.#phase = 'sleeping'
    this.#timer = setTimeout(() => {
      this.#ready()
    }, waitMs)
  }

  /** A getter for the compiler: the phase changes while a step awaits. */
  #isClosed(): boolean {
    return this.#phase === 'closed'
  }
}

/** Throws, before anything is booked, when the sink did not answer for every point. */
function pair(writes: readonly WriteItem[], outcomes: readonly Outcome[]): (readonly [WriteItem, Outcome])[] {
  const paired = writes.flatMap((write, index) => {
    const outcome = outcomes[index]
    return outcome === undefined ? [] : [[write, outcome] as const]
  })
  if (paired.length !== writes.length || outcomes.length !== writes.length) {
    throw sinkErrors.outcomes_missing({ answered: outcomes.length, records: writes.length })
  }
  for (const [write, outcome] of paired) write.tally.check(outcome)
  return paired
}

function openPoints(writes: readonly WriteItem[]): number {
  return writes.reduce((sum, { tally }) => sum + tally.open, 0)
}
