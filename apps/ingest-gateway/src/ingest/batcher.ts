import { randomBytes } from 'node:crypto'
import { buffers } from '@pegel/buffers'
import { MAX_BATCH_BYTES, sealBatch } from '@pegel/contracts'
import type { PointsChunk, ReasonCount } from '@pegel/contracts'
import type { Producer } from '@pegel/kafka'
import { NO_TRACING } from '@pegel/telemetry'
import type { Span, Tracing } from '@pegel/telemetry'
import { sendTraced } from './batch-trace.ts'

/** Requests that agree in these may share a batch. */
export interface BatchOrigin {
  readonly tenant: string
  /** Version of the tenant's file that the request was judged by. */
  readonly configVersion: number
  readonly protocol: string
}

/** What every kind of batch says of itself. */
export interface SealHead extends BatchOrigin {
  readonly receivedAtMs: number
  /** What clients sent: what is in the batch and what was refused. */
  readonly received: number
  readonly refused: readonly ReasonCount[]
}

/** What is batched: a chunk is a part of one request that fits into a record. */
export interface ChunkKind<C> {
  sizeOf(chunk: C): number
  /** Points or events. */
  countOf(chunk: C): number
  /** The record of these chunks, in order, which are not used any more. */
  seal(head: SealHead, chunks: readonly C[]): Buffer
}

export const POINTS: ChunkKind<PointsChunk> = {
  sizeOf: (chunk) => chunk.bytes.length,
  countOf: (chunk) => chunk.points,
  seal: (head, chunks) => {
    const batch = { ...head, batchId: randomBytes(16), source: null }
    const value = sealBatch(batch, chunks, buffers.borrow)
    for (const { bytes } of chunks) buffers.giveBack(bytes)
    return value
  },
}

export interface BatcherOptions<C> {
  readonly kind: ChunkKind<C>
  readonly producer: Producer
  readonly topic: string
  /** How long after a record of an origin its next requests are gathered, ms. The first one after a pause does not wait. */
  readonly lingerMs: number
  /** How long Kafka may take to acknowledge, ms; less when the gateway stops. */
  readonly deadlineMs: () => number
  /** Off unless given. */
  readonly tracing?: Tracing
}

interface OpenBatch<C> {
  readonly origin: BatchOrigin
  readonly chunks: C[]
  readonly refused: Map<string, number>
  /** Of the requests in it, where tracing is on. */
  readonly requests: Span[]
  receivedAtMs: number
  received: number
  bytes: number
  /** Set where it leaves with this turn of the event loop; undefined where it waits for the end of its origin's linger. */
  readonly leaving: NodeJS.Immediate | undefined
  readonly done: PromiseWithResolvers<undefined>
}

/**
 * Merges small requests of a tenant and produces them as one record. Every request hears of its own points only. A tenant that sends now and
 * then waits for nobody; one that sends much has one record per linger, for less work in all that follows.
 */
export class Batcher<C> {
  readonly #options: BatcherOptions<C>
  readonly #tracing: Tracing
  readonly #open = new Map<string, OpenBatch<C>>()
  /** Origins of which a record left a moment ago. */
  readonly #lingers = new Map<string, NodeJS.Timeout>()
  readonly #inFlight = new Set<Promise<void>>()

  constructor(options: BatcherOptions<C>) {
    this.#options = options
    this.#tracing = options.tracing ?? NO_TRACING
  }

  /** Batches being gathered or on their way to Kafka. */
  get pending(): number {
    return this.#open.size + this.#inFlight.size
  }

  /** Resolves when Kafka has every chunk of the request; rejects with the producer's error, and then some of it may be there. */
  async submit(
    origin: BatchOrigin,
    { chunks, refused }: { readonly chunks: readonly C[]; readonly refused: readonly ReasonCount[] },
    receivedAtMs: number,
  ): Promise<void> {
    const [head, ...rest] = chunks
    const first = head === undefined ? this.#batch(origin, receivedAtMs) : this.#add(origin, head, receivedAtMs)
    // The refused are counted once, in the first batch and before it can leave; when nothing was accepted it may hold no points.
    for (const { reason, count } of refused) {
      first.refused.set(reason, (first.refused.get(reason) ?? 0) + count)
      first.received += count
    }
    const batches = new Set([first, ...rest.map((chunk) => this.#add(origin, chunk, receivedAtMs))])
    const request = this.#tracing.current()
    if (request !== undefined) for (const batch of batches) batch.requests.push(request)
    await Promise.all([...batches].map((batch) => batch.done.promise))
  }

  /** Sends what is gathered and resolves when nothing is on its way any more, whatever became of it. */
  async drain(): Promise<void> {
    for (const key of [...this.#open.keys()]) this.#send(key)
    for (const linger of this.#lingers.values()) clearTimeout(linger)
    this.#lingers.clear()
    await Promise.allSettled(this.#inFlight)
  }

  #add(origin: BatchOrigin, chunk: C, receivedAtMs: number): OpenBatch<C> {
    const { kind } = this.#options
    const bytes = kind.sizeOf(chunk)
    const key = keyOf(origin)
    const open = this.#open.get(key)
    if (open !== undefined && open.bytes + bytes > MAX_BATCH_BYTES) this.#send(key)
    const batch = this.#batch(origin, receivedAtMs)
    batch.chunks.push(chunk)
    batch.bytes += bytes
    batch.received += kind.countOf(chunk)
    return batch
  }

  #batch(origin: BatchOrigin, receivedAtMs: number): OpenBatch<C> {
    const key = keyOf(origin)
    const open = this.#open.get(key)
    if (open !== undefined) return open
    const done = Promise.withResolvers<undefined>()
    // A batch of refusals alone has nobody who must hear of its fate.
    done.promise.catch(() => undefined)
    const batch: OpenBatch<C> = {
      origin,
      chunks: [],
      refused: new Map(),
      requests: [],
      receivedAtMs,
      received: 0,
      bytes: 0,
      leaving: this.#lingers.has(key) ? undefined : setImmediate(() => this.#send(key)),
      done,
    }
    this.#open.set(key, batch)
    return batch
  }

  #send(key: string): void {
    const batch = this.#open.get(key)
    if (batch === undefined) return
    this.#open.delete(key)
    clearImmediate(batch.leaving)
    if (!this.#lingers.has(key)) this.#linger(key)
    const sending = this.#produce(batch).then(() => batch.done.resolve(undefined), batch.done.reject)
    this.#inFlight.add(sending)
    void sending.finally(() => this.#inFlight.delete(sending))
  }

  #linger(key: string): void {
    const over = (): void => {
      this.#lingers.delete(key)
      this.#send(key)
    }
    const { lingerMs } = this.#options
    if (lingerMs > 0) this.#lingers.set(key, setTimeout(over, lingerMs))
  }

  async #produce({ origin, chunks, refused, receivedAtMs, received, requests }: OpenBatch<C>): Promise<void> {
    const { producer, topic, deadlineMs, kind } = this.#options
    const reasons = [...refused].map(([reason, count]) => ({ reason, count }))
    const head = { ...origin, receivedAtMs, received, refused: reasons }
    const value = kind.seal(head, chunks)
    const record = { topic, key: origin.tenant, value }
    await sendTraced(this.#tracing, { record, requests }, (traced) =>
      producer.send([traced], { deadlineMs: deadlineMs() }),
    )
    // Not after a failure: it may still be on its way.
    buffers.giveBack(value)
  }
}

/** Names an origin. */
export function keyOf({ tenant, configVersion, protocol }: BatchOrigin): string {
  return `${tenant}@${configVersion}/${protocol}`
}
