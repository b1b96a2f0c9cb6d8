import { createServer, request } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the gate says instead of the backend. */
export interface GateAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** What a rule may judge by. `sizeBytes` is the declared length of the body, 0 when none is declared. */
export interface GateRequest {
  readonly method: string
  readonly path: string
  readonly sizeBytes: number
}

/** Called per request; undefined lets it through, `hang` never answers, `reset` drops the connection, `lose` lets it through and drops the answer. */
export type GateRule = (request: GateRequest) => GateAnswer | 'hang' | 'reset' | 'lose' | undefined

export interface HttpGate {
  readonly url: string
  /** Replaces the rule; none lets everything through. */
  rule(rule?: GateRule): void
  /** Requests seen, whatever became of them. */
  readonly requests: number
  close(): Promise<void>
}

/** An HTTP reverse proxy on a free loopback port in front of a real backend, to make it refuse, hang or vanish. */
export async function startHttpGate(targetUrl: string): Promise<HttpGate> {
  const gate = new Gate(new URL(targetUrl))
  await gate.listen()
  return gate
}

class Gate implements HttpGate {
  readonly #target: URL
  readonly #server: Server
  #rule: GateRule = () => undefined
  #requests = 0

  constructor(target: URL) {
    this.#target = target
    this.#server = createServer((incoming, response) => this.#handle(incoming, response))
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo
    return `http://127.0.0.1:${port}${this.#target.pathname.replace(/\/+$/, '')}`
  }

  get requests(): number {
    return this.#requests
  }

  rule(rule: GateRule = () => undefined): void {
    this.#rule = rule
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(0, '127.0.0.1', resolve)
    })
  }

  close(): Promise<void> {
    this.#server.closeAllConnections()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }

  #handle(incoming: IncomingMessage, response: ServerResponse): void {
    this.#requests += 1
    const { method = 'GET', url: path = '/', headers } = incoming
    const verdict = this.#rule({ method, path, sizeBytes: Number(headers['content-length'] ?? 0) })
    if (verdict === 'hang') return
    if (verdict === 'reset') {
      incoming.socket.resetAndDestroy()
      return
    }
    if (verdict === undefined || verdict === 'lose') {
      this.#forward(incoming, response, verdict === 'lose')
      return
    }
    incoming.resume()
    incoming.on('end', () => {
      response.writeHead(verdict.status, verdict.headers)
      response.end(verdict.body)
    })
  }

  #forward(incoming: IncomingMessage, response: ServerResponse, lose: boolean): void {
    const { hostname: host, port } = this.#target
    const { method, url: path, headers } = incoming
    const outgoing = request({ host, port, method: method ?? 'GET', path: path ?? '/', headers }, (answer) => {
      if (lose) {
        answer.resume()
        answer.on('end', () => incoming.socket.resetAndDestroy())
        return
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    outgoing.on('error', () => incoming.socket.destroy())
    incoming.on('error', () => outgoing.destroy())
    incoming.pipe(outgoing)
  }
}
