import { setTimeout as sleep } from 'node:timers/promises'
import { decodeRecord } from '@pegel/contracts'
import type { AllReader, KafkaPort, KafkaRecord } from '@pegel/kafka'
import { LEDGER_TOPIC, LedgerFold } from '@pegel/pipeline'
import { cliErrors } from '../errors.ts'

const POLL_MS = 20

/** The ledger topic, read from its beginning and followed. */
export class LedgerReading {
  readonly fold: LedgerFold
  readonly #kafka: KafkaPort
  readonly #read = new Map<number, number>()
  #reader: AllReader | undefined

  constructor(kafka: KafkaPort, sinceMs: number) {
    this.#kafka = kafka
    this.fold = new LedgerFold(sinceMs)
  }

  async open(): Promise<void> {
    this.#reader = await this.#kafka.readAll(LEDGER_TOPIC, (record) => {
      this.#add(record)
    })
    await this.#reader.caughtUp
  }

  /** Resolves when everything is read that is in the topic now. */
  async reachEnd(deadlineMs: number): Promise<void> {
    const ends = await this.#kafka.offsets(LEDGER_TOPIC)
    const started = Date.now()
    const behind = (): boolean =>
      ends.some((end) => end.latest > end.earliest && (this.#read.get(end.partition) ?? 0) < end.latest)
    while (behind()) {
      if (Date.now() - started > deadlineMs) {
        throw cliErrors.no_answer({
          seconds: deadlineMs / 1000,
          brokers: LEDGER_TOPIC,
          problem: 'its end was not reached',
        })
      }
      await sleep(POLL_MS)
    }
  }

  async close(): Promise<void> {
    await this.#reader?.close()
  }

  #add(record: KafkaRecord): void {
    this.#read.set(record.partition, record.offset + 1)
    if (record.value !== null) this.fold.add(decodeRecord('LedgerEntry', record.value))
  }
}
