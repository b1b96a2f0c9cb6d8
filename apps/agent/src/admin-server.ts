import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { messageOf } from '@pegel/errors'
import type { Metrics } from '@pegel/telemetry'

export interface AdminOptions {
  readonly host: string
  /** 0 takes any free one. */
  readonly port: number
  readonly metrics: Metrics
  /** Rejects with the reason when the agent is not ready. */
  readonly check: () => Promise<void>
}

interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
}

/** /healthz, /readyz and /metrics, as every service has them; resolves when it listens. */
export async function startAdminServer(options: AdminOptions): Promise<Server> {
  const server = createServer((request, response) => {
    void answer(request.url ?? '', options).then(({ status, type, body }) => {
      response.writeHead(status, { 'content-type': type }).end(body)
    })
  })
  server.listen(options.port, options.host)
  await once(server, 'listening')
  return server
}

async function answer(path: string, { metrics, check }: AdminOptions): Promise<Answer> {
  switch (path) {
    case '/healthz':
      return json(200, { status: 'ok' })
    case '/readyz':
      return check().then(
        () => json(200, { status: 'ok' }),
        (error: unknown) => json(503, { status: 'error', gateway: messageOf(error) }),
      )
    case '/metrics':
      return { status: 200, type: metrics.contentType, body: await metrics.expose() }
    default:
      return json(404, { status: 'not found' })
  }
}

function json(status: number, body: object): Answer {
  return { status, type: 'application/json', body: JSON.stringify(body) }
}
