import type { KafkaPort } from '@pegel/kafka'
import { answerFrom, LedgerBooks } from '@pegel/pipeline'
import type { LedgerQuestion, LedgerReport } from '@pegel/pipeline'
import { SINKS } from '@pegel/tenancy'

export type LedgerWish = LedgerQuestion

/** Where reports come from. */
export interface LedgerSource {
  report(): Promise<LedgerReport>
  close(): Promise<void>
}

/** Folds the topic here. `settleMs` is how long sinks may take to catch up with what is there. */
export function foldedHere(kafka: KafkaPort, wish: LedgerWish, settleMs: number): LedgerSource {
  const books = new LedgerBooks({ kafka, sinks: wish.sinks ?? SINKS, sinceMs: () => wish.sinceMs, settleMs })
  return {
    report: async () => answerFrom(await books.judge(), wish),
    close: () => books.close(),
  }
}
