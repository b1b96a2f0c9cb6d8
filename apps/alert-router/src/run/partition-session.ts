import { setTimeout as sleep } from 'node:timers/promises'
import type { SendOutcome } from '@pegel/alerting'
import { decodeRecord, encodeRecord } from '@pegel/contracts'
import type { SchemaLookup } from '@pegel/contracts'
import { messageOf } from '@pegel/errors'
import type { CommitRequest, KafkaPort, KafkaRecord, Producer, TransactionalProducer } from '@pegel/kafka'
import { readCompacted } from '@pegel/pipeline'
import type { Logger } from '@pegel/telemetry'
import type { TenantConfig, TenantDirectory } from '@pegel/tenancy'
import type { Sends, SendId } from '../deliver/sends.ts'
import type { RouterMeter } from '../router-metrics.ts'
import { ALERTS_TOPIC, STATE_TOPIC } from '../topics.ts'
import type { Lease } from './lease.ts'
import { PartitionAlerts } from './partition-alerts.ts'
import type { Applied, Output } from './partition-alerts.ts'
import { StepFreeClock } from './step-free-clock.ts'

export interface PartitionSessionOptions {
  readonly partition: number
  readonly group: string
  readonly kafka: Pick<KafkaPort, 'readAll' | 'transactionalProducer'>
  /** For alerts that the router raises itself. */
  readonly producer: Producer
  readonly tenants: Pick<TenantDirectory, 'current' | 'onChange'>
  readonly schemas?: SchemaLookup
  readonly sends: Sends
  readonly lease: Lease
  readonly meter: RouterMeter
  readonly log: Logger
  readonly silentAfterMs: number
  readonly watches: boolean
  readonly onHeartbeat: () => void
  readonly commit: (offset: CommitRequest) => Promise<void>
  /** Too many records wait, or few enough again. */
  readonly flow: (open: boolean) => void
  readonly clock?: StepFreeClock
}

const MAX_RECORDS = 500
const MAX_QUEUED = 5000
const IDLE_MS = 1000
const REOPEN_MS = 500
const WAIT_MS = 100
const WAITS_BEFORE_WARNING = 50

/**
 * One partition's work while it is assigned: fence whoever had it, read what is stored, then store and act in turn. Nothing is sent
 * before the intent to send it is committed. Whatever goes wrong with storing ends this memory of it: what the topic holds is read anew.
 */
export class PartitionSession {
  restored = false
  readonly #options: PartitionSessionOptions
  readonly #clock: StepFreeClock
  readonly #abort = new AbortController()
  readonly #queue: KafkaRecord[] = []
  readonly #results: { readonly send: SendId; readonly outcome: SendOutcome }[] = []
  readonly #changes = new Map<string, TenantConfig | undefined>()
  readonly #unsubscribe: () => void
  #alerts: PartitionAlerts | undefined
  #committed = -1
  #waits = 0
  #paused = false
  #draining = false
  #wake: (() => void) | undefined
  #loop: Promise<void> = Promise.resolve()

  constructor(options: PartitionSessionOptions) {
    this.#options = options
    this.#clock = options.clock ?? new StepFreeClock()
    this.#unsubscribe = options.tenants.onChange((tenant, config) => {
      this.#changes.set(tenant, config)
      this.#wake?.()
    })
  }

  get alertCount(): number {
    return this.#alerts?.alertCount ?? 0
  }

  get groupCount(): number {
    return this.#alerts?.groupCount ?? 0
  }

  start(): void {
    this.#loop = this.#run()
  }

  offer(records: readonly KafkaRecord[]): void {
    this.#queue.push(...records)
    if (!this.#paused && this.#queue.length > MAX_QUEUED) {
      this.#paused = true
      this.#options.flow(false)
    }
    this.#wake?.()
  }

  /** The assignment is over: nothing more is stored or begun. */
  void(): void {
    this.#abort.abort()
    this.#unsubscribe()
    this.#wake?.()
  }

  /** Takes nothing more; resolves when what was taken is stored and sends that were under way are noted, or at the deadline. */
  async drain(deadlineMs: number): Promise<void> {
    this.#draining = true
    this.#wake?.()
    await Promise.race([this.#loop, sleep(deadlineMs, undefined, { ref: false })])
    this.void()
  }

  async #run(): Promise<void> {
    const { log, partition } = this.#options
    while (!this.#isOver()) {
      let producer: TransactionalProducer | undefined
      try {
        producer = await this.#open()
        await this.#serve(producer)
        if (this.#draining) return
      } catch (error) {
        if (this.#isOver()) return
        log.warn('the state of a partition is read anew', { partition, error: messageOf(error) })
        // Fenced, yet not revoked: the group will say so soon, or the partition is ours after all.
        await sleep(REOPEN_MS, undefined, { signal: this.#abort.signal }).catch(() => undefined)
      } finally {
        this.restored = false
        await producer?.close()
      }
    }
  }

  #isOver(): boolean {
    return this.#abort.signal.aborted
  }

  async #open(): Promise<TransactionalProducer> {
    const { kafka, schemas, group, partition, lease, meter, log } = this.#options
    const { signal } = this.#abort
    await lease.held(signal)
    const startedMs = performance.now()
    const id = `${group}-${partition}`
    const producer = await kafka.transactionalProducer({ id, topic: STATE_TOPIC })
    try {
      // Nobody else can add to it any more. The state of a newer program is retryable: contracts.unknown_schema.
      const stored = await readCompacted({ kafka, topic: STATE_TOPIC, partitions: [partition], signal })
      const states = [...stored.values()].map((value) => decodeRecord('AlertState', value, schemas))
      this.#changes.clear()
      this.#alerts = new PartitionAlerts({ ...this.#options, states, nowMs: this.#clock.now() })
      this.restored = true
      const seconds = (performance.now() - startedMs) / 1000
      meter.restored(states.length, seconds)
      log.info('state restored', { partition, records: states.length, offset: this.#alerts.offset, seconds })
      return producer
    } catch (error) {
      await producer.close()
      throw error
    }
  }

  async #serve(producer: TransactionalProducer): Promise<void> {
    const { lease, sends } = this.#options
    while (!this.#isOver()) {
      lease.check()
      const alerts = this.#step()
      const output = alerts.takeOutput()
      await this.#store(producer, output)
      this.#options.meter.noted(output.notes)
      this.#logNotes(output)
      for (const start of output.starts) this.#begin(start)
      if (output.emits.length > 0) await this.#emit(output)
      this.#commit(alerts.offset)
      if (output.records.length > 0 || this.#results.length > 0) continue
      if (this.#draining && sends.underWay(this.#options.partition) === 0) return
      await this.#untilWork(alerts)
    }
  }

  /** Everything that is due and everything that has come, applied in memory. */
  #step(): PartitionAlerts {
    const alerts = this.#alerts
    if (alerts === undefined) throw new Error('the partition is not open')
    const byMs = this.#clock.adopt()
    if (byMs !== 0) {
      this.#options.log.warn('the wall clock was set', { byMs })
      alerts.shift(byMs)
    }
    const nowMs = this.#clock.now()
    for (const [tenant, config] of this.#changes) alerts.reconfigure(tenant, config, nowMs)
    this.#changes.clear()
    for (const { send, outcome } of this.#results.splice(0)) alerts.complete(send, outcome, nowMs)
    if (!this.#draining) {
      alerts.tick(nowMs)
      this.#take(alerts, nowMs)
      alerts.tick(nowMs)
    }
    return alerts
  }

  #take(alerts: PartitionAlerts, nowMs: number): void {
    let taken = 0
    for (; taken < MAX_RECORDS; taken += 1) {
      const record = this.#queue[taken]
      if (record === undefined) break
      if (record.offset <= alerts.offset) continue
      const applied = alerts.apply(record, nowMs)
      if (applied.status === 'wait') {
        this.#waits += 1
        if (this.#waits === WAITS_BEFORE_WARNING)
          this.#options.log.warn('partition waits', { ...placeOf(record), reason: applied.reason })
        break
      }
      this.#waits = 0
      this.#judged(record, applied)
    }
    this.#queue.splice(0, taken)
    if (this.#paused && this.#queue.length < MAX_QUEUED / 2) {
      this.#paused = false
      this.#options.flow(true)
    }
  }

  #judged(record: KafkaRecord, applied: Exclude<Applied, { status: 'wait' }>): void {
    const { meter, log, onHeartbeat } = this.#options
    if (applied.status === 'skipped') {
      meter.skipped(applied.reason)
      log.warn('record passed over', { ...placeOf(record), reason: applied.reason, problem: applied.problem })
    } else if (applied.heartbeat) onHeartbeat()
  }

  async #store(producer: TransactionalProducer, { records }: Output): Promise<void> {
    if (records.length === 0) return
    const startedMs = performance.now()
    await producer.commit(records)
    this.#options.meter.stored(records, (performance.now() - startedMs) / 1000)
  }

  #begin({ tenant, group, pending }: Output['starts'][number]): void {
    const { sends, partition, lease } = this.#options
    const send: SendId = { partition, tenant, group: group.id, number: pending.number }
    const alerts = this.#alerts?.tenant(tenant)?.alertsOf(pending) ?? []
    sends.begin(send, { group, pending, alerts }, { lease, onDone: (outcome) => this.#done(send, outcome) })
  }

  #done(send: SendId, outcome: SendOutcome): void {
    this.#results.push({ send, outcome })
    this.#wake?.()
  }

  /** Of an own alert: it comes back in as any other. Lost on the way, it is raised again after the next start, under the same id. */
  async #emit({ emits }: Output): Promise<void> {
    const { producer, log } = this.#options
    const records = emits.map((alert) => ({
      topic: ALERTS_TOPIC,
      key: alert.tenant,
      value: encodeRecord('Alert', alert),
    }))
    try {
      await producer.send(records)
    } catch (error) {
      log.error('an alert of the router itself could not be written', { error: messageOf(error) })
    }
  }

  /** Where to read from after a start; states know better, so it may be late. */
  #commit(offset: number): void {
    if (offset < 0 || offset === this.#committed) return
    this.#committed = offset
    this.#options
      .commit({ topic: ALERTS_TOPIC, partition: this.#options.partition, offset: offset + 1 })
      .catch((error: unknown) => {
        this.#committed = -1
        this.#options.log.debug('could not commit an offset, the next commit covers it', { error: messageOf(error) })
      })
  }

  #logNotes({ notes }: Output): void {
    for (const { tenant, ...note } of notes) {
      if (note.kind === 'timer' || note.kind === 'alert') continue
      const level = note.kind === 'nobody_on_call' ? 'error' : 'info'
      this.#options.log[level](note.kind.replaceAll('_', ' '), { tenant_id: tenant, ...note })
    }
  }

  async #untilWork(alerts: PartitionAlerts): Promise<void> {
    const waits = this.#queue.length > 0 && this.#waits === 0
    if (waits || this.#results.length > 0) return
    const { promise, resolve } = Promise.withResolvers<undefined>()
    this.#wake = () => resolve(undefined)
    const dueMs = alerts.nextDueMs - this.#clock.now()
    const timer = setTimeout(this.#wake, Math.max(1, Math.min(this.#waits > 0 ? WAIT_MS : IDLE_MS, dueMs)))
    await promise
    clearTimeout(timer)
    this.#wake = undefined
  }
}

function placeOf({ topic, partition, offset }: KafkaRecord): Record<string, unknown> {
  return { topic, partition, offset }
}
