import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, request as requestOf } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface StandIn {
  readonly url: string
  close(): void
}

/**
 * Lets VictoriaMetrics stand where InfluxDB should be: it takes InfluxDB's writes but knows neither organisations nor
 * buckets, so this answers for them and passes all else on. Good enough to look at; no proof of anything that only InfluxDB can refuse.
 */
export async function startStandIn(victoriaMetricsUrl: string, org: string): Promise<StandIn> {
  const buckets = new Map<string, object>()
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', victoriaMetricsUrl)
    if (url.pathname === '/api/v2/orgs') json(response, 200, { orgs: [{ id: 'stand-in', name: org }] })
    else if (url.pathname.startsWith('/api/v2/buckets')) void answerBuckets({ request, response, url, buckets })
    else pass(request, response, url)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => closeAll(server) }
}

interface BucketRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly url: URL
  readonly buckets: Map<string, object>
}

async function answerBuckets({ request, response, url, buckets }: BucketRequest): Promise<void> {
  const body = Buffer.concat((await request.toArray()) as Buffer[]).toString()
  if (request.method === 'GET') {
    const found = buckets.get(url.searchParams.get('name') ?? '')
    json(response, 200, { buckets: found === undefined ? [] : [found] })
    return
  }
  const bucket = { id: randomUUID(), ...(JSON.parse(body) as { name?: string }) }
  if (bucket.name !== undefined) buckets.set(bucket.name, bucket)
  json(response, request.method === 'POST' ? 201 : 200, bucket)
}

function pass(request: IncomingMessage, response: ServerResponse, url: URL): void {
  const { method, headers } = request
  const onward = requestOf(url, { method, headers: { ...headers, host: url.host } }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  // A lost connection is what the sink must see when its backend is away.
  onward.on('error', () => response.destroy())
  request.pipe(onward)
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function closeAll(server: Server): void {
  server.closeAllConnections()
  server.close()
}
