import { randomBytes } from 'node:crypto'
import { MAX_BATCH_BYTES, sealBatch, type PointsChunk } from '@pegel/contracts'
import type { Producer } from '@pegel/kafka'
import type { RequestOutcome } from './request-points.ts'

/** Requests that agree in these may share a batch. */
export interface BatchOrigin {
  readonly tenant: string
  /** Version of the tenant's file that the request was judged by. */
  readonly configVersion: number
  readonly protocol: string
}

export interface BatcherOptions {
  readonly producer: Producer
  readonly topic: string
  /** How long the first request of a batch waits for others, ms. */
  readonly lingerMs: number
  /** How long Kafka may take to acknowledge, ms. */
  readonly deadlineMs: number
}

interface OpenBatch {
  readonly origin: BatchOrigin
  readonly chunks: PointsChunk[]
  readonly refused: Map<string, number>
  receivedAtMs: number
  received: number
  bytes: number
  timer: NodeJS.Timeout | undefined
  readonly done: PromiseWithResolvers<undefined>
}

/** Merges small requests of a tenant for a moment and produces them as one record. Every request hears of its own points only. */
export class Batcher {
  readonly #options: BatcherOptions
  readonly #open = new Map<string, OpenBatch>()
  readonly #inFlight = new Set<Promise<void>>()

  constructor(options: BatcherOptions) {
    this.#options = options
  }

  /** Batches being gathered or on their way to Kafka. */
  get pending(): number {
    return this.#open.size + this.#inFlight.size
  }

  /** Resolves when Kafka has every point of the request; rejects with the producer's error, and then some of it may be there. */
  async submit(origin: BatchOrigin, { chunks, refused }: RequestOutcome, receivedAtMs: number): Promise<void> {
    const [head, ...rest] = chunks
    const first = head === undefined ? this.#batch(origin, receivedAtMs) : this.#add(origin, head, receivedAtMs)
    // The refused are counted once, in the first batch and before it can leave; when nothing was accepted it may hold no points.
    for (const { reason, count } of refused) {
      first.refused.set(reason, (first.refused.get(reason) ?? 0) + count)
      first.received += count
    }
    const batches = new Set([first, ...rest.map((chunk) => this.#add(origin, chunk, receivedAtMs))])
    await Promise.all([...batches].map((batch) => batch.done.promise))
  }

  /** Sends what is gathered and resolves when nothing is on its way any more, whatever became of it. */
  async drain(): Promise<void> {
    for (const key of [...this.#open.keys()]) this.#send(key)
    await Promise.allSettled(this.#inFlight)
  }

  #add(origin: BatchOrigin, chunk: PointsChunk, receivedAtMs: number): OpenBatch {
    const key = keyOf(origin)
    const open = this.#open.get(key)
    if (open !== undefined && open.bytes + chunk.bytes.length > MAX_BATCH_BYTES) this.#send(key)
    const batch = this.#batch(origin, receivedAtMs)
    batch.chunks.push(chunk)
    batch.bytes += chunk.bytes.length
    batch.received += chunk.points
    return batch
  }

  #batch(origin: BatchOrigin, receivedAtMs: number): OpenBatch {
    const key = keyOf(origin)
    const open = this.#open.get(key)
    if (open !== undefined) return open
    const done = Promise.withResolvers<undefined>()
    // A batch of refusals alone has nobody who must hear of its fate.
    done.promise.catch(() => undefined)
    const batch: OpenBatch = {
      origin,
      chunks: [],
      refused: new Map(),
      receivedAtMs,
      received: 0,
      bytes: 0,
      timer: undefined,
      done,
    }
    batch.timer = setTimeout(() => {
      this.#send(key)
    }, this.#options.lingerMs)
    this.#open.set(key, batch)
    return batch
  }

  #send(key: string): void {
    const batch = this.#open.get(key)
    if (batch === undefined) return
    this.#open.delete(key)
    clearTimeout(batch.timer)
    const sending = this.#produce(batch).then(() => batch.done.resolve(undefined), batch.done.reject)
    this.#inFlight.add(sending)
    void sending.finally(() => this.#inFlight.delete(sending))
  }

  async #produce({ origin, chunks, refused, receivedAtMs, received }: OpenBatch): Promise<void> {
    const { producer, topic, deadlineMs } = this.#options
    const reasons = [...refused].map(([reason, count]) => ({ reason, count }))
    const head = { ...origin, batchId: randomBytes(16), receivedAtMs, received, refused: reasons, source: null }
    await producer.send([{ topic, key: origin.tenant, value: sealBatch(head, chunks) }], { deadlineMs })
  }
}

function keyOf({ tenant, configVersion, protocol }: BatchOrigin): string {
  return `${tenant}@${configVersion}/${protocol}`
}
