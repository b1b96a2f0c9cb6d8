import { messageOf } from '@pegel/errors'
import type { Logger } from '@pegel/telemetry'
import { keyOf } from './batcher.ts'
import type { Batcher, BatchOrigin } from './batcher.ts'

export interface RefusalBookOptions {
  readonly batcher: Pick<Batcher<never>, 'submit'>
  readonly log: Logger
  /** How long refusals are added up. Default 1000. */
  readonly intervalMs?: number
}

interface Entry {
  readonly origin: BatchOrigin
  readonly counts: Map<string, number>
  receivedAtMs: number
}

/**
 * Tells the ledger of requests of which nothing was taken: once a second one empty batch per tenant and protocol with what was refused and why. Nobody waits
 * for it; what Kafka does not take is in the metrics alone. Bounded by the tenants that there are.
 */
export class RefusalBook {
  readonly #options: RefusalBookOptions
  #entries = new Map<string, Entry>()
  #timer: NodeJS.Timeout | undefined
  readonly #sending = new Set<Promise<void>>()

  constructor(options: RefusalBookOptions) {
    this.#options = options
  }

  add(origin: BatchOrigin, reason: string, count: number, receivedAtMs: number): void {
    const key = keyOf(origin)
    const entry = this.#entries.get(key) ?? { origin, counts: new Map<string, number>(), receivedAtMs }
    entry.counts.set(reason, (entry.counts.get(reason) ?? 0) + count)
    this.#entries.set(key, entry)
    this.#timer ??= setTimeout(() => this.#flush(), this.#options.intervalMs ?? 1000)
  }

  /** Sends what is noted; resolves when nothing is on its way. */
  async drain(): Promise<void> {
    this.#flush()
    await Promise.all(this.#sending)
  }

  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const entries = [...this.#entries.values()]
    this.#entries = new Map()
    for (const entry of entries) {
      const sending = this.#send(entry)
      this.#sending.add(sending)
      void sending.finally(() => this.#sending.delete(sending))
    }
  }

  async #send({ origin, counts, receivedAtMs }: Entry): Promise<void> {
    const { batcher, log } = this.#options
    const refused = [...counts].map(([reason, count]) => ({ reason, count }))
    try {
      await batcher.submit(origin, { chunks: [], refused }, receivedAtMs)
    } catch (error) {
      log.debug('refusals could not be told to the ledger', { tenant_id: origin.tenant, problem: messageOf(error) })
    }
  }
}
