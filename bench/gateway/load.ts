import { gzipSync, zstdCompressSync } from 'node:zlib'
import { Pool } from 'undici'
import { OtlpBody } from './otlp-body.ts'

/** What the sending process is told, as JSON on its command line. */
export interface LoadOrder {
  readonly url: string
  readonly key: string
  readonly forMs: number
  readonly clients: number
  readonly points: number
  readonly encoding: 'identity' | 'gzip' | 'zstd'
}

/** What it prints when it is done. */
export interface LoadResult {
  readonly requests: number
  readonly points: number
  readonly failed: number
  readonly wallMs: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly bytesPerPoint: number
}

/** Sends from `clients` connections, each the next request when the last one is answered. */
export async function sendLoad(order: LoadOrder): Promise<LoadResult> {
  const { origin, pathname } = new URL(order.url)
  const pool = new Pool(origin, { connections: order.clients, pipelining: 1 })
  const latencies: number[] = []
  let [failed, bytes] = [0, 0]
  const started = performance.now()
  const endMs = started + order.forMs
  await Promise.all(
    Array.from({ length: order.clients }, async (_, client) => {
      const next = bodiesOf(order, client)
      while (performance.now() < endMs) {
        const body = next()
        const sentAt = performance.now()
        const { statusCode, body: answer } = await pool.request({
          path: pathname,
          method: 'POST',
          body,
          headers: headersOf(order),
        })
        await answer.dump()
        latencies.push(performance.now() - sentAt)
        bytes += body.length
        if (statusCode !== 200) failed += 1
      }
    }),
  )
  const wallMs = performance.now() - started
  await pool.close()
  latencies.sort((a, b) => a - b)
  const at = (share: number): number =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? NaN
  const points = (latencies.length - failed) * order.points
  const requests = latencies.length
  return {
    requests,
    points,
    failed,
    wallMs,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    bytesPerPoint: bytes / (requests * order.points),
  }
}

function headersOf({ key, encoding }: LoadOrder): Record<string, string> {
  const packing = encoding === 'identity' ? {} : { 'content-encoding': encoding }
  return { authorization: `Bearer ${key}`, 'content-type': 'application/x-protobuf', ...packing }
}

/** Plain bodies get new times and values each time; packed ones are made beforehand, since packing is the sender's cost. */
function bodiesOf({ points, encoding }: LoadOrder, client: number): () => Buffer {
  const body = new OtlpBody({ points, perMetric: Math.min(points, 20), client })
  if (encoding === 'identity') {
    return () => {
      body.renew(Date.now())
      return body.bytes
    }
  }
  const packed = Array.from({ length: 8 }, () => {
    body.renew(Date.now())
    return encoding === 'gzip' ? gzipSync(body.bytes) : zstdCompressSync(body.bytes)
  })
  let index = 0
  return () => packed[index++ % packed.length] ?? body.bytes
}
