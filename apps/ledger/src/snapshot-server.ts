import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PegelError } from '@pegel/errors'
import { answerFrom } from '@pegel/pipeline'
import type { LedgerQuestion, LedgerSnapshot } from '@pegel/pipeline'
import { boundShort, SHORT_REQUESTS, shortRequests } from '@pegel/service'
import { ledgerErrors } from './errors.ts'

/** Which Kafka the books are of: whoever finds the service by chance can tell whether it is the right one. */
export interface BooksOf {
  readonly brokers: readonly string[]
  readonly prefix: string
}

const STATUS: Readonly<Record<string, number>> = { 'ledger.not_found': 404, 'ledger.bad_question': 400 }

/** GET /ledger?tenant=ID&since=TIME&sink=NAMES: the answer from the last snapshot as JSON. */
export class SnapshotServer {
  readonly #server: Server
  readonly #snapshot: () => LedgerSnapshot
  readonly #of: BooksOf

  constructor(snapshot: () => LedgerSnapshot, of: BooksOf) {
    this.#snapshot = snapshot
    this.#of = of
    this.#server = createServer(shortRequests(SHORT_REQUESTS), (request, response) => this.#answer(request, response))
    boundShort(this.#server, SHORT_REQUESTS)
  }

  get port(): number {
    return (this.#server.address() as AddressInfo | null)?.port ?? 0
  }

  async start(port: number, host: string): Promise<void> {
    this.#server.listen(port, host)
    await once(this.#server, 'listening')
  }

  async close(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }

  #answer({ url = '' }: IncomingMessage, response: ServerResponse): void {
    const send = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    try {
      // What is no URL at all (`//`) is null here, where `new URL` would throw.
      const asked = URL.parse(url, 'http://ledger')
      if (asked?.pathname !== '/ledger') throw ledgerErrors.not_found({ path: asked?.pathname ?? url })
      send(200, { ...answerFrom(this.#snapshot(), readQuestion(asked.searchParams)), of: this.#of })
    } catch (error) {
      if (!(error instanceof PegelError)) throw error
      send(STATUS[error.code] ?? 503, { code: error.code, message: error.message })
    }
  }
}

/** @throws ledgerErrors.bad_question */
function readQuestion(parameters: URLSearchParams): LedgerQuestion {
  const { since, tenant, sink } = Object.fromEntries(parameters)
  const sinceMs = since === undefined ? 0 : /^\d+$/.test(since) ? Number(since) : Date.parse(since)
  if (Number.isNaN(sinceMs)) throw ledgerErrors.bad_question({ since: since ?? '' })
  return {
    sinceMs,
    ...(tenant === undefined ? {} : { tenant }),
    ...(sink === undefined ? {} : { sinks: sink.split(',') }),
  }
}
