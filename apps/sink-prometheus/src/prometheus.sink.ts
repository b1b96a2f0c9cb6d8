import { PEGEL_TENANT } from '@pegel/contracts'
import type { Batch, MetricRecord, Sink, WriteResult } from '@pegel/pipeline'
import type { Logger } from '@pegel/telemetry'
import { addRecord } from './add-points.ts'
import type { PointsContext } from './add-points.ts'
import { classify, UNSUPPORTED_VERSION } from './classify.ts'
import { DeltaPoints } from './delta-points.ts'
import { DeltaTotals } from './delta-totals.ts'
import type { Total } from './delta-totals.ts'
import { deliver } from './deliver.ts'
import type { Delivery } from './deliver.ts'
import { prometheusErrors } from './errors.ts'
import { outcomesOf } from './outcomes.ts'
import type { PrometheusClient } from './prometheus.client.ts'
import { EMPTY_REQUEST } from './receiver.ts'
import type { ProtocolVersion, Receiver } from './receiver.ts'
import { RenderingCache } from './rendering-cache.ts'
import type { TotalsStore } from './sink-state.ts'
import { TargetInfo } from './target-info.ts'
import { WriteRequest } from './write-request.ts'

export interface PrometheusSinkOptions {
  readonly client: PrometheusClient
  /** @param version of remote write, when that is settled already */
  readonly detect: (signal: AbortSignal, version?: ProtocolVersion) => Promise<Receiver>
  /** Whether to send 1.0 to a receiver that turns out not to take 2.0. */
  readonly fallback: boolean
  readonly state: TotalsStore
  readonly log: Logger
  readonly exemplars: boolean
  readonly maxSeries: number
  readonly maxCacheBytes: number
}

interface Sending {
  readonly tenant: string
  readonly records: readonly MetricRecord[]
  readonly receiver: Receiver
  readonly signal: AbortSignal
}

const MAX_RESOURCES = 10_000
/** Requests that one write may spend on isolating refused samples: a few seconds' worth. */
const MAX_REQUESTS = 400

/** Prometheus and what speaks its remote write: encode → send → classify. */
export class PrometheusSink implements Sink {
  readonly #options: PrometheusSinkOptions
  #renderings: RenderingCache
  readonly #totals: DeltaTotals
  readonly #deltas: DeltaPoints
  readonly #info = new TargetInfo(MAX_RESOURCES)
  /** As many as writes were in flight at a time; their columns are used again. */
  readonly #spare: WriteRequest[] = []
  #receiver: Receiver | undefined

  constructor(options: PrometheusSinkOptions) {
    this.#options = options
    this.#renderings = this.#renderingsFor('1.0')
    this.#totals = new DeltaTotals(options.maxSeries)
    this.#deltas = new DeltaPoints(this.#totals)
  }

  async write({ tenant, records }: Batch<MetricRecord>, signal: AbortSignal): Promise<WriteResult> {
    const receiver = this.#receiver ?? this.#know(await this.#options.detect(signal))
    const request = this.#spare.pop() ?? new WriteRequest()
    try {
      return await this.#send(request, { tenant, records, receiver, signal })
    } finally {
      request.clear()
      this.#spare.push(request)
    }
  }

  async #send(request: WriteRequest, sending: Sending): Promise<WriteResult> {
    const { records } = sending
    const delivery = await this.#deliver(request, sending)
    const outcomes = outcomesOf(request, records, delivery.refusals)
    await this.#store(records, outcomes)
    return delivery.afterMs === undefined ? { outcomes } : { outcomes, afterMs: delivery.afterMs }
  }

  async #deliver(request: WriteRequest, sending: Sending): Promise<Delivery> {
    const { client, fallback, log } = this.#options
    const { tenant, records, receiver, signal } = sending
    const { version, keepsRest } = receiver
    // What is given up must not be added to the totals any more.
    signal.throwIfAborted()
    this.#build(request, records, receiver)
    const post = (message: Buffer): ReturnType<PrometheusClient['post']> =>
      client.post({ tenant, version, message }, signal)
    const delivery = await deliver(request, { post, version, keepsRest, maxRequests: MAX_REQUESTS })
    if (delivery.retryReason === UNSUPPORTED_VERSION && fallback) {
      log.warn('receiver takes no remote write 2.0: sending 1.0 from now on')
      const older = this.#know(await this.#options.detect(signal, '1.0'))
      request.clear()
      return this.#deliver(request, { ...sending, receiver: older })
    }
    this.#learn(delivery, receiver)
    return delivery
  }

  /** Remembers the receiver. Names differ between the versions, so what was rendered for the other one goes. */
  #know(receiver: Receiver): Receiver {
    if (receiver.version !== (this.#receiver?.version ?? '1.0'))
      this.#renderings = this.#renderingsFor(receiver.version)
    this.#receiver = receiver
    return receiver
  }

  #renderingsFor(version: ProtocolVersion): RenderingCache {
    return new RenderingCache(this.#options.maxSeries, this.#options.maxCacheBytes, version === '2.0')
  }

  /** An empty request: what takes it takes writes, which no health page could say. */
  async check(signal: AbortSignal): Promise<void> {
    const receiver = await this.#options.detect(signal)
    const { version } = receiver
    const answer = await this.#options.client.post(
      { tenant: PEGEL_TENANT, version, message: EMPTY_REQUEST[version] },
      signal,
    )
    if (classify(answer).kind === 'retry') {
      throw prometheusErrors.not_taking_writes({ status: answer.status, body: answer.body.slice(0, 200) })
    }
    this.#know(receiver)
  }

  async assigned(partitions: readonly number[], signal: AbortSignal): Promise<void> {
    this.#totals.restore(await this.#options.state.load(partitions, signal))
  }

  abandoned(records: readonly MetricRecord[]): void {
    this.#deltas.undo(records)
  }

  async close(): Promise<void> {
    await this.#options.client.close()
    await this.#options.state.close()
  }

  #build(request: WriteRequest, records: readonly MetricRecord[], { nativeHistograms, version }: Receiver): void {
    const context: PointsContext = {
      nativeHistograms,
      customBuckets: nativeHistograms && version === '2.0',
      exemplars: this.#options.exemplars,
      rendering: (record, run) => this.#renderings.get(record.envelope.tenant, run),
      accumulated: (record) => this.#accumulate(record).values,
    }
    records.forEach((record, index) => {
      addRecord(request, index, record, context)
      this.#info.add(request, record)
    })
    request.settle()
  }

  #accumulate(record: MetricRecord): ReturnType<DeltaPoints['of']> {
    return this.#deltas.of(record, (run) => this.#renderings.get(record.envelope.tenant, run).temporality === 'delta')
  }

  /** Totals whose points are all answered for; before the runner may commit, so that no increment is added twice. */
  async #store(records: readonly MetricRecord[], outcomes: WriteResult['outcomes']): Promise<void> {
    for (const [partition, group] of Map.groupBy(records.entries(), ([, record]) => record.position.partition)) {
      const settled = new Set<Total>()
      const evicted = new Set<Total>()
      const open = new Set<Total>()
      for (const [index, record] of group) {
        const accumulated = this.#deltas.known(record)
        if (accumulated === undefined) continue
        for (const total of accumulated.totals.values()) settled.add(total)
        for (const total of accumulated.evicted) evicted.add(total)
        for (const point of outcomes[index]?.retry ?? []) {
          const total = accumulated.totals.get(point)
          if (total !== undefined) open.add(total)
        }
      }
      for (const total of open) settled.delete(total)
      await this.#options.state.store(partition, settled, evicted)
    }
  }

  #learn({ refusals, requests, retryReason }: Delivery, receiver: Receiver): void {
    const { log } = this.#options
    if (requests > 1) log.debug('refused samples isolated', { requests, refused: refusals.size })
    if (retryReason !== undefined) log.debug('receiver wants to be asked again', { reason: retryReason })
    for (const { reason } of refusals.values()) {
      if (reason !== 'native_histograms_disabled') continue
      log.warn('receiver takes no native histograms: exponential histograms are unsupported from now on')
      this.#receiver = { ...receiver, nativeHistograms: false }
      return
    }
  }
}
