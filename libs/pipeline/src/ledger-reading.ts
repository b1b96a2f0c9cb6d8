import { setTimeout as sleep } from 'node:timers/promises'
import { decodeRecord } from '@pegel/contracts'
import type { LedgerEntry } from '@pegel/contracts'
import type { AllReader, KafkaPort, KafkaRecord } from '@pegel/kafka'
import { LEDGER_TOPIC } from './ledger-writer.ts'
import { pipelineErrors } from './processor-errors.ts'

const POLL_MS = 20
/** Brokers' clocks differ, and the rows just before say which record the books begin with. */
const EARLIER_MS = 300_000

/** The ledger topic, read and followed. */
export class LedgerReading {
  readonly #kafka: KafkaPort
  readonly #add: (entry: LedgerEntry) => void
  readonly #read = new Map<number, number>()
  #reader: AllReader | undefined

  /** @param add gets every entry, in the order of its ledger partition */
  constructor(kafka: KafkaPort, add: (entry: LedgerEntry) => void) {
    this.#kafka = kafka
    this.#add = add
  }

  /** Resolves when everything is read that was there and may be of records that were appended since then, ms since the epoch. */
  async open(sinceMs: number): Promise<void> {
    const offsets = await this.#kafka.offsetsAt(LEDGER_TOPIC, sinceMs - EARLIER_MS)
    for (const { partition, offset } of offsets) this.#read.set(partition, offset)
    const from = ({ partition, earliest }: { readonly partition: number; readonly earliest: number }): number =>
      this.#read.get(partition) ?? earliest
    this.#reader = await this.#kafka.readAll(LEDGER_TOPIC, (record) => this.#take(record), { from })
    await this.#reader.caughtUp
  }

  /**
   * Resolves when everything is read that is in the topic now.
   * @throws pipelineErrors.ledger_end_not_reached
   */
  async reachEnd(deadlineMs: number): Promise<void> {
    const ends = await this.#kafka.offsets(LEDGER_TOPIC)
    const started = Date.now()
    const behind = (): boolean =>
      ends.some((end) => end.latest > end.earliest && (this.#read.get(end.partition) ?? 0) < end.latest)
    while (behind()) {
      if (Date.now() - started > deadlineMs)
        throw pipelineErrors.ledger_end_not_reached({ topic: LEDGER_TOPIC, deadlineMs })
      await sleep(POLL_MS)
    }
  }

  async close(): Promise<void> {
    await this.#reader?.close()
  }

  #take(record: KafkaRecord): void {
    this.#read.set(record.partition, record.offset + 1)
    if (record.value !== null) this.#add(decodeRecord('LedgerEntry', record.value))
  }
}
