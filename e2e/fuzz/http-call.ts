import { Agent, request } from 'node:http'
import { answered } from './attack.ts'

export interface HttpCall {
  readonly port: number
  readonly method?: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

export interface HttpReply {
  readonly status: number
  readonly text: string
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 })
/** The gateway says by these that it is busy, which is nobody's bad input. */
const BUSY = /gateway\.(overloaded|kafka_unavailable)/

/** Sends a request and gives the answer; none at all, and a failure of the server, is an error. */
export async function call(options: HttpCall): Promise<HttpReply> {
  const { method = 'POST', path } = options
  const reply = await answered(`${method} ${path}`, exchange(options))
  if (reply.status < 500 || (reply.status === 503 && BUSY.test(reply.text))) return reply
  throw new Error(`${method} ${path} was answered with ${reply.status}: ${reply.text.slice(0, 300)}`)
}

function exchange({ port, method = 'POST', path, headers, body }: HttpCall): Promise<HttpReply> {
  return new Promise((resolve, reject) => {
    const client = request({ port, host: '127.0.0.1', method, path, agent, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.once('error', reject)
      response.once('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('latin1') }),
      )
    })
    client.once('error', reject)
    client.end(body)
  })
}
