import { messageOf } from '@pegel/errors'
import type { KafkaPort } from '@pegel/kafka'
import { answerFrom, foldLedger, LedgerFold, LedgerReading, takePositions } from '@pegel/pipeline'
import type { LedgerReport, LedgerSnapshot } from '@pegel/pipeline'
import { SINKS } from '@pegel/tenancy'
import { cliErrors } from '../errors.ts'

export interface LedgerWish {
  /** ms since the epoch */
  readonly sinceMs: number
  readonly tenant?: string
  readonly sinks?: readonly string[]
}

/** Where reports come from. */
export interface LedgerSource {
  report(): Promise<LedgerReport>
  close(): Promise<void>
}

const END_DEADLINE_MS = 30_000
const ANSWER_MS = 10_000

/** Folds the topic here, from its beginning. `settleMs` is how long sinks may take to catch up with what is there. */
export async function foldedHere(kafka: KafkaPort, wish: LedgerWish, settleMs: number): Promise<LedgerSource> {
  const fold = new LedgerFold(wish.sinceMs)
  const reading = new LedgerReading(kafka, (entry) => fold.add(entry))
  await reading.open()
  return {
    async report() {
      const nowMs = Date.now()
      const positions = await takePositions({ kafka, sinks: wish.sinks ?? SINKS, settleMs })
      await reading.reachEnd(END_DEADLINE_MS)
      return foldLedger(fold, { positions, nowMs, ...wish })
    },
    close: () => reading.close(),
  }
}

/** Asks the ledger service, which has folded everything already. */
export function fromService(address: string, wish: LedgerWish, note: (line: string) => void): LedgerSource {
  const url = new URL('/ledger', address)
  let told = false
  return {
    async report() {
      const snapshot = await ask(url)
      if (snapshot.sinceMs > wish.sinceMs && !told) {
        note(`the ledger service keeps minutes since ${new Date(snapshot.sinceMs).toISOString()} (PEGEL_LEDGER_KEEP)`)
        told = true
      }
      return answerFrom(snapshot, wish)
    },
    close: () => Promise.resolve(),
  }
}

async function ask(url: URL): Promise<LedgerSnapshot> {
  let response: Response
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) })
  } catch (error) {
    throw cliErrors.no_ledger({ url: url.href, problem: messageOf(error) }, error)
  }
  if (!response.ok) throw cliErrors.no_ledger({ url: url.href, problem: await response.text() })
  return (await response.json()) as LedgerSnapshot
}
