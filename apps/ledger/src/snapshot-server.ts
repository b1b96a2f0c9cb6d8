import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PegelError } from '@pegel/errors'
import type { LedgerSnapshot } from '@pegel/pipeline'
import { ledgerErrors } from './errors.ts'

/** GET /ledger: the whole snapshot as JSON. Who asks narrows it down, see `answerFrom`. */
export class SnapshotServer {
  readonly #server: Server
  readonly #snapshot: () => LedgerSnapshot

  constructor(snapshot: () => LedgerSnapshot) {
    this.#snapshot = snapshot
    this.#server = createServer((request, response) => this.#answer(request, response))
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
      const [path = ''] = url.split('?', 1)
      if (path !== '/ledger') throw ledgerErrors.not_found({ path })
      send(200, this.#snapshot())
    } catch (error) {
      if (!(error instanceof PegelError)) throw error
      send(error.retryable ? 503 : 404, { code: error.code, message: error.message })
    }
  }
}
