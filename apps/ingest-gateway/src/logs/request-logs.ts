import { MAX_BATCH_BYTES } from '@pegel/contracts'
import type { Attribute, LogEvent, LogGroup, ReasonCount } from '@pegel/contracts'
import type { TenantLimits } from '@pegel/tenancy'
import type { Instant } from '../ingest/point-sink.ts'
import type { LogRefusal } from './log-refusals.ts'
import type { DecodedLog, LogOrigin, LogSink } from './log-sink.ts'
import { severityOf } from './severity.ts'

/** Events that stand in one record. */
export interface LogsChunk {
  readonly groups: readonly LogGroup[]
  readonly events: number
  /** Encoded bytes at most. */
  readonly bytes: number
}

/** What became of one request's logs. */
export interface LogsOutcome {
  readonly chunks: readonly LogsChunk[]
  readonly accepted: number
  readonly refused: readonly ReasonCount[]
}

/** A chunk never passes this; the rest is for the envelope. */
const CHUNK_BYTES = MAX_BATCH_BYTES - 64 * 1024
/** Of an event besides its texts: times, severity, ids and the lengths of the texts. */
const EVENT_BYTES = 128
const GROUP_BYTES = 64
/** Lengths of key and value. */
const ATTRIBUTE_BYTES = 8
const TRACE_ID = /^(?!0+$)[0-9a-f]{32}$/
const SPAN_ID = /^(?!0+$)[0-9a-f]{16}$/

export interface RequestLogsOptions {
  readonly limits: Pick<TenantLimits, 'maxLogBytes' | 'maxPointAgeMs' | 'maxPointFutureMs' | 'maxPointsPerRequest'>
  readonly receivedAtMs: number
}

interface OpenGroup {
  readonly origin: LogOrigin
  readonly bytes: number
  events: LogEvent[]
}

/** Judges a request's log records one by one by the limits that need no state, and gathers those that pass. */
export class RequestLogs implements LogSink {
  readonly #options: RequestLogsOptions
  readonly #chunks: LogsChunk[] = []
  readonly #refused = new Map<LogRefusal, number>()
  #groups: OpenGroup[] = []
  #group: OpenGroup | null = null
  #events = 0
  #bytes = 0
  #accepted = 0
  #refusals = 0

  constructor(options: RequestLogsOptions) {
    this.#options = options
  }

  /** Taken or not: see RequestPoints. */
  get isFull(): boolean {
    return this.#accepted + this.#refusals >= this.#options.limits.maxPointsPerRequest
  }

  group(origin: LogOrigin): void {
    const { service, resource, scopeName, scopeVersion } = origin
    const texts = Buffer.byteLength(service) + Buffer.byteLength(scopeName) + Buffer.byteLength(scopeVersion)
    this.#group = { origin, bytes: GROUP_BYTES + texts + bytesOf(resource), events: [] }
  }

  log(log: DecodedLog): LogRefusal | undefined {
    const group = this.#group
    if (group === null) throw new TypeError('a log record before its group')
    const time = this.#timeOf(log)
    const bytes = sizeOf(log)
    const reason = this.#judge(time, bytes + group.bytes)
    if (reason !== undefined) {
      this.refuse(reason)
      return reason
    }
    this.#add(group, eventOf(log, time), bytes)
    this.#accepted += 1
    return undefined
  }

  refuse(reason: LogRefusal, count = 1): void {
    this.#refusals += count
    this.#refused.set(reason, (this.#refused.get(reason) ?? 0) + count)
  }

  finish(): LogsOutcome {
    this.#cut()
    const refused = [...this.#refused].map(([reason, count]) => ({ reason, count }))
    return { chunks: this.#chunks, accepted: this.#accepted, refused }
  }

  /** OpenTelemetry: without a time of its own, when it was observed; else when it arrived. */
  #timeOf({ time, observed }: DecodedLog): Instant {
    if (time.ms !== 0 || time.ns !== 0) return time
    return observed.ms !== 0 || observed.ns !== 0 ? observed : { ms: this.#options.receivedAtMs, ns: 0 }
  }

  #judge(time: Instant, bytes: number): LogRefusal | undefined {
    const { limits, receivedAtMs } = this.#options
    if (this.#accepted >= limits.maxPointsPerRequest) return 'max_points_per_request'
    if (!(time.ms >= receivedAtMs - limits.maxPointAgeMs)) return 'max_point_age'
    if (time.ms > receivedAtMs + limits.maxPointFutureMs) return 'max_point_future'
    return bytes > Math.min(limits.maxLogBytes, CHUNK_BYTES) ? 'max_log_bytes' : undefined
  }

  #add(group: OpenGroup, event: LogEvent, bytes: number): void {
    const isOpen = this.#groups.at(-1) === group
    if (this.#bytes + bytes + (isOpen ? 0 : group.bytes) > CHUNK_BYTES) this.#cut()
    if (this.#groups.at(-1) !== group) {
      group.events = []
      this.#groups.push(group)
      this.#bytes += group.bytes
    }
    group.events.push(event)
    this.#bytes += bytes
    this.#events += 1
  }

  #cut(): void {
    if (this.#events === 0) return
    const groups = this.#groups.map(({ origin, events }) => ({ ...origin, events }))
    this.#chunks.push({ groups, events: this.#events, bytes: this.#bytes })
    this.#groups = []
    this.#events = 0
    this.#bytes = 0
  }
}

function eventOf(log: DecodedLog, time: Instant): LogEvent {
  const { message, name, attributes, observed, traceId, spanId } = log
  const { level, number: severity } = severityOf(log.severity, log.severityText)
  const ids = { traceId: TRACE_ID.test(traceId) ? traceId : '', spanId: SPAN_ID.test(spanId) ? spanId : '' }
  const own = { category: '', outcome: '', sourceAddress: '' }
  return {
    timeMs: time.ms,
    timeNs: time.ns,
    observedMs: observed.ms,
    severity,
    level,
    message,
    name,
    attributes,
    ...ids,
    ...own,
  }
}

function sizeOf({ message, name, severityText, attributes }: DecodedLog): number {
  const texts = Buffer.byteLength(message) + Buffer.byteLength(name) + Buffer.byteLength(severityText)
  return EVENT_BYTES + texts + bytesOf(attributes)
}

function bytesOf(attributes: readonly Attribute[]): number {
  const length = (sum: number, { key, value }: Attribute): number =>
    sum + Buffer.byteLength(key) + Buffer.byteLength(value) + ATTRIBUTE_BYTES
  return attributes.reduce(length, 0)
}
