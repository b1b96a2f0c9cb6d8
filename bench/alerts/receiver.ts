import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a notification brings to the receiver, and when it came. */
export interface Arrival {
  /** Label `instance` of its alerts. */
  readonly ids: readonly string[]
  readonly key: string
  readonly atMs: number
}

interface Body {
  readonly alerts: readonly { readonly labels: Readonly<Record<string, string>> }[]
  readonly pegel: { readonly idempotencyKey: string }
}

export interface Receiver {
  readonly url: string
  readonly arrivals: Arrival[]
  close(): Promise<void>
}

/** An HTTP server that takes everything. */
export async function startReceiver(): Promise<Receiver> {
  const arrivals: Arrival[] = []
  const server = createServer((request, response) => {
    // The request counts from its head: what the channel wants measured is when it began.
    const atMs = Date.now()
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { alerts, pegel } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Body
      arrivals.push({ ids: alerts.map(({ labels }) => labels.instance ?? ''), key: pegel.idempotencyKey, atMs })
      response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrivals,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
