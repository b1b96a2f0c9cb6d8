import { NOTHING_BOOKED } from '@pegel/contracts'
import type { LedgerRow } from '@pegel/contracts'
import type { LedgerWriter } from '@pegel/pipeline'

const MINUTE_MS = 60_000
const INGEST_TOPIC = 'pegel.ingest.v1'

export interface UnconfirmedOptions {
  readonly ledger: Pick<LedgerWriter, 'write'>
  readonly now: () => number
}

/**
 * Points that may be in Kafka though the client got no success, by tenant and minute, for the ledger: as far as this process
 * knows and for as long as it lives. A row holds the sum of its minute so far, so that a row which is written again changes nothing.
 */
export class Unconfirmed {
  readonly #options: UnconfirmedOptions
  readonly #sums = new Map<string, LedgerRow>()
  /** What Kafka has of the sums. */
  readonly #written = new Map<string, number>()
  #isWriting = false

  constructor(options: UnconfirmedOptions) {
    this.#options = options
  }

  add(tenant: string, points: number): void {
    if (points === 0) return
    const minute = Math.floor(this.#options.now() / MINUTE_MS)
    const key = `${tenant}@${minute}`
    const received = points + (this.#sums.get(key)?.received ?? 0)
    this.#sums.set(key, rowOf(tenant, minute, received))
    if (!this.#isWriting) void this.#write()
  }

  /** Kafka was away when the points were lost, so it may take long until it has the rows; meanwhile they add up. */
  async #write(): Promise<void> {
    this.#isWriting = true
    try {
      for (;;) {
        const rows = [...this.#sums].filter(([key, { received }]) => this.#written.get(key) !== received)
        if (rows.length === 0) break
        await this.#options.ledger.write(rows.map(([, row]) => row))
        for (const [key, { received }] of rows) this.#written.set(key, received)
      }
      // Another point of this minute adds to its sum, which must be known then.
      const minute = Math.floor(this.#options.now() / MINUTE_MS)
      for (const [key, { offset }] of this.#sums) if (offset < minute) this.#forget(key)
    } catch {
      // The process ends, and with it what it knows.
    } finally {
      this.#isWriting = false
    }
  }

  #forget(key: string): void {
    this.#sums.delete(key)
    this.#written.delete(key)
  }
}

function rowOf(tenant: string, minute: number, received: number): LedgerRow {
  const place = { topic: INGEST_TOPIC, partition: 0, offset: minute, part: 0, parts: 0 }
  return { tenant, ...place, appendTimeMs: minute * MINUTE_MS, configVersion: 0, ...NOTHING_BOOKED, received }
}
