import { Agent, request } from 'node:http'
import { answered } from './attack.ts'

export interface HttpCall {
  readonly port: number
  readonly method?: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** What a 503 may say. Default: that the gateway is busy, which is nobody's bad input. */
  readonly busy?: RegExp
}

export interface HttpReply {
  readonly status: number
  readonly text: string
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 })
const BUSY = /gateway\.(overloaded|unpacking_late|kafka_unavailable)/

/** Sends a request and gives the answer; none at all, and a failure of the server, is an error. */
export async function call(options: HttpCall): Promise<HttpReply> {
  const { method = 'POST', path, busy = BUSY } = options
  const reply = await answered(`${method} ${path}`, exchange(options))
  if (reply.status < 500 || (reply.status === 503 && busy.test(reply.text))) return reply
  throw new Error(`${method} ${path} was answered with ${reply.status}: ${reply.text.slice(0, 300)}`)
}

async function exchange(options: HttpCall): Promise<HttpReply> {
  const first = await attempt(options)
  if (first !== 'closed before') return first
  const second = await attempt({ ...options, fresh: true })
  if (second !== 'closed before') return second
  throw new Error('two connections in a row were closed')
}

/** A connection that was idle may be closed by the server at the moment when it is used again: no answer, and nobody's fault. */
function attempt(options: HttpCall & { readonly fresh?: boolean }): Promise<HttpReply | 'closed before'> {
  const { port, method = 'POST', path, headers, body, fresh = false } = options
  return new Promise((resolve, reject) => {
    const pool = fresh ? false : agent
    const client = request({ port, host: '127.0.0.1', method, path, agent: pool, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.once('error', reject)
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('latin1') }),
      )
    })
    client.once('error', (error) => (client.reusedSocket ? resolve('closed before') : reject(error)))
    client.end(body)
  })
}
