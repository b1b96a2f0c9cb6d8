import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a webhook says: Alertmanager's body, and Pegel's own beside it. */
export interface HookBody {
  readonly alerts: readonly { readonly status: string; readonly labels: Readonly<Record<string, string>> }[]
  readonly pegel: {
    readonly tenant: string
    readonly event: string
    readonly groupId: string
    readonly links?: { readonly acknowledge?: string }
    readonly acknowledgedBy?: string
    readonly escalation?: { readonly step: number }
  }
}

export interface KeyedReceiver {
  readonly url: string
  /** What it took: the first request of each Idempotency-Key, and no other. */
  readonly taken: readonly HookBody[]
  /** Requests in all. */
  readonly requests: number
  close(): void
}

/** A receiver of webhooks as the channel asks for: one that remembers Idempotency-Key. */
export async function startKeyedReceiver(): Promise<KeyedReceiver> {
  const byKey = new Map<string, HookBody>()
  let requests = 0
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const key = String(request.headers['idempotency-key'])
      requests += 1
      if (!byKey.has(key)) byKey.set(key, JSON.parse(Buffer.concat(chunks).toString('utf8')) as HookBody)
      response.end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get taken() {
      return [...byKey.values()]
    },
    get requests() {
      return requests
    },
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
