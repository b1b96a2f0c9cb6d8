import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '@pegel/errors'
import type { LedgerAnswer } from '@pegel/pipeline'
import { brokersOf } from '../context.ts'
import type { CliContext } from '../context.ts'
import { cliErrors } from '../errors.ts'
import type { LedgerSource, LedgerWish } from './source.ts'

/** Where the ledger service listens unless it is told otherwise. */
const DEFAULT_URL = 'http://127.0.0.1:4320'
const ANSWER_MS = 10_000
const POLL_MS = 200

/** What the service answers: with it, which Kafka its books are of. */
interface ServiceAnswer extends LedgerAnswer {
  readonly of?: { readonly brokers: readonly string[]; readonly prefix: string }
}

export interface ServiceQuestion {
  readonly address: string
  readonly wish: LedgerWish
  /** How long to wait for books that were judged after the question, ms. */
  readonly waitMs: number
  readonly note: CliContext['note']
}

/** Asks the ledger service, which has folded everything already. */
export function fromService({ address, wish, waitMs, note }: ServiceQuestion): LedgerSource {
  const url = questionUrl(address, wish)
  let told = false
  return {
    async report() {
      const answer = await askAfter(url, Date.now(), waitMs)
      if (answer.sinceMs > wish.sinceMs && !told) {
        note(`the ledger service keeps minutes since ${new Date(answer.sinceMs).toISOString()} (PEGEL_LEDGER_KEEP)`)
        told = true
      }
      return { ...answer, of: undefined }
    },
    close: () => Promise.resolve(),
  }
}

/**
 * The address of a ledger service that keeps the books of this Kafka: the one that is set, that `pegel run` started, or that listens where
 * it does by default. Undefined when none answers for it; of one that should have, it is said why.
 */
export async function findService({ env, note }: CliContext, wish: LedgerWish): Promise<string | undefined> {
  const { PEGEL_LEDGER_URL: set = '', PEGEL_RUN_STATE: state } = env
  const started = startedBy(state)
  const [address, isExpected] = set !== '' ? [set, true] : [started ?? DEFAULT_URL, started !== undefined]
  try {
    const { of } = await ask(questionUrl(address, wish))
    const brokers = brokersOf(env)
    if (
      set !== '' ||
      (of?.prefix === (env.PEGEL_KAFKA_PREFIX ?? '') && of.brokers.some((each) => brokers.includes(each)))
    )
      return address
  } catch (error) {
    if (isExpected) note(`${messageOf(error)} Reading the topic instead.`)
  }
  return undefined
}

/** Where `pegel run` says that the service listens. */
function startedBy(stateFile: string | undefined): string | undefined {
  if (stateFile === undefined) return undefined
  try {
    const state = JSON.parse(readFileSync(stateFile, 'utf8')) as { services?: { ledger?: { port?: number } } }
    const port = state.services?.ledger?.port
    return port === undefined ? undefined : `http://127.0.0.1:${port}`
  } catch {
    // Nothing was started by it.
    return undefined
  }
}

function questionUrl(address: string, { sinceMs, tenant, sinks }: LedgerWish): URL {
  const url = new URL('/ledger', address)
  url.searchParams.set('since', String(sinceMs))
  if (tenant !== undefined) url.searchParams.set('tenant', tenant)
  if (sinks !== undefined) url.searchParams.set('sink', sinks.join(','))
  return url
}

/** The last answer when none was judged later in time. */
async function askAfter(url: URL, askedAtMs: number, waitMs: number): Promise<ServiceAnswer> {
  for (;;) {
    const answer = await ask(url)
    if (answer.takenAtMs >= askedAtMs || Date.now() - askedAtMs >= waitMs) return answer
    await sleep(POLL_MS)
  }
}

/** @throws cliErrors.no_ledger */
async function ask(url: URL): Promise<ServiceAnswer> {
  let response: Response
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) })
  } catch (error) {
    throw cliErrors.no_ledger({ url: url.origin, problem: messageOf(error) }, error)
  }
  const text = await response.text()
  if (!response.ok) throw cliErrors.no_ledger({ url: url.origin, problem: text })
  try {
    return JSON.parse(text) as ServiceAnswer
  } catch (error) {
    throw cliErrors.no_ledger({ url: url.origin, problem: messageOf(error) }, error)
  }
}
