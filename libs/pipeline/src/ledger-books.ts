import type { KafkaPort } from '@pegel/kafka'
import { LedgerBook } from './ledger-book.ts'
import { INGEST_TOPICS, takePositions } from './ledger-positions.ts'
import { LedgerReading } from './ledger-reading.ts'
import type { LedgerSnapshot } from './ledger-types.ts'
import { startOfWindow } from './ledger-window.ts'

export interface LedgerBooksOptions {
  readonly kafka: KafkaPort
  /** Names of the sinks that may have a share: those of them have one that have committed or booked anything. */
  readonly sinks: readonly string[]
  /** Records that were appended earlier are left out, ms since the epoch. Asked each time that the topic is read from there. */
  readonly sinceMs: () => number
  /** How long minutes are kept, ms. Default: for ever. */
  readonly keepMs?: number
  /** How long the sinks may take to commit what is in `metrics` when the books are judged, ms. */
  readonly settleMs: number
  readonly maxRecords?: number
}

const END_DEADLINE_MS = 30_000
/** Reading all again is work: not more often than this. */
const AGAIN_MS = 600_000
const MAX_RECORDS = 1_000_000

interface Open {
  readonly atMs: number
  readonly book: LedgerBook
  readonly reading: LedgerReading
}

/** The books of a Kafka: read from the ledger's topic and judged by the offsets of those who take part. Nothing of them is stored. */
export class LedgerBooks {
  readonly #options: LedgerBooksOptions
  /** Sinks that have been found to take part. */
  readonly #sinks = new Set<string>()
  #open: Open | undefined

  constructor(options: LedgerBooksOptions) {
    this.#options = options
  }

  /** Reads what there is, at first, and judges it. @throws pipelineErrors.ledger_end_not_reached, and what Kafka throws */
  async judge(): Promise<LedgerSnapshot> {
    const { kafka, sinks, settleMs, maxRecords = MAX_RECORDS } = this.#options
    const nowMs = Date.now()
    const { book, reading, atMs } = (this.#open ??= await this.#read(nowMs))
    const positions = await takePositions({ kafka, sinks, settleMs })
    await reading.reachEnd(END_DEADLINE_MS)
    const snapshot = book.judge(positions, nowMs)
    const strangers = [...book.strangers].filter((sink) => sinks.includes(sink))
    // Records that were let go for want of memory have an outcome by now, most likely: read again, the books are exact.
    const isOver = snapshot.sealedWindows > 0 && snapshot.keptRecords < maxRecords / 4
    const mayBeExact = isOver && nowMs - atMs > AGAIN_MS
    if (strangers.length === 0 && !mayBeExact) return snapshot
    for (const sink of strangers) this.#sinks.add(sink)
    await this.close()
    return this.judge()
  }

  async close(): Promise<void> {
    await this.#open?.reading.close()
    this.#open = undefined
  }

  async #read(atMs: number): Promise<Open> {
    const { kafka, sinks, keepMs, maxRecords = MAX_RECORDS } = this.#options
    const { finished } = await takePositions({ kafka, sinks, settleMs: 0 })
    for (const sink of finished.keys()) this.#sinks.add(sink)
    const sinceMs = startOfWindow(this.#options.sinceMs())
    const starts = (await Promise.all(INGEST_TOPICS.map((topic) => kafka.offsetsAt(topic, sinceMs)))).flat()
    const kept = keepMs === undefined ? {} : { keepMs }
    const book = new LedgerBook({ sinceMs, sinks: [...this.#sinks], starts, maxRecords, ...kept })
    const reading = new LedgerReading(kafka, (entry) => book.add(entry))
    try {
      await reading.open(sinceMs)
    } catch (error) {
      await reading.close()
      throw error
    }
    return { book, reading, atMs }
  }
}
