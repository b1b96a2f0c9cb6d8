import { createServer, request } from 'node:http'
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http'
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
  readonly headers: IncomingHttpHeaders
}

/** The backend's own answer, changed before it is passed on. */
export interface GateRewrite {
  readonly rewrite: (answer: { readonly status: number; readonly body: string }) => GateAnswer
}

/**
 * Called per request; undefined lets it through, `hang` never answers, `reset` drops the connection, `break` drops it and the
 * backend's in the middle of the body, `lose` lets the request through and drops the answer.
 */
export type GateVerdict = GateAnswer | GateRewrite | 'hang' | 'reset' | 'break' | 'lose' | undefined
export type GateRule = (request: GateRequest) => GateVerdict

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
    const verdict = this.#rule({ method, path, sizeBytes: Number(headers['content-length'] ?? 0), headers })
    if (verdict === 'hang') return
    if (verdict === 'reset') {
      incoming.socket.resetAndDestroy()
      return
    }
    if (typeof verdict === 'object' && 'status' in verdict) {
      incoming.resume()
      incoming.on('end', () => send(response, verdict))
      return
    }
    this.#forward(incoming, response, verdict)
  }

  #forward(incoming: IncomingMessage, response: ServerResponse, verdict: GateRewrite | 'break' | 'lose' | undefined) {
    const { hostname: host, port } = this.#target
    const { method = 'GET', url: path = '/' } = incoming
    const headers = { ...incoming.headers }
    // What is rewritten must be text.
    if (typeof verdict === 'object') delete headers['accept-encoding']
    const outgoing = request({ host, port, method, path, headers }, (answer) => {
      if (verdict === 'lose') {
        answer.resume()
        answer.on('end', () => incoming.socket.resetAndDestroy())
      } else if (typeof verdict === 'object') {
        void rewrite(answer, response, verdict)
      } else {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      }
    })
    outgoing.on('error', () => incoming.socket.destroy())
    incoming.on('error', () => outgoing.destroy())
    if (verdict === 'break') breakOff(incoming, outgoing)
    else incoming.pipe(outgoing)
  }
}

function send(response: ServerResponse, { status, headers, body }: GateAnswer): void {
  response.writeHead(status, headers)
  response.end(body)
}

async function rewrite(answer: IncomingMessage, response: ServerResponse, { rewrite: change }: GateRewrite) {
  const body = Buffer.concat((await answer.toArray()) as Buffer[]).toString()
  const kept = { ...(answer.headers as Record<string, string>) }
  for (const header of ['content-length', 'transfer-encoding']) Reflect.deleteProperty(kept, header)
  const { status, headers, body: changed } = change({ status: answer.statusCode ?? 502, body })
  send(response, { status, headers: { ...kept, ...headers }, body: changed ?? body })
}

/** Half of the first chunk arrives, then both connections are gone. */
function breakOff(incoming: IncomingMessage, outgoing: ClientRequest): void {
  incoming.once('data', (chunk: Buffer) => {
    outgoing.write(chunk.subarray(0, chunk.length >> 1), () => {
      outgoing.destroy()
      incoming.socket.resetAndDestroy()
    })
  })
}
