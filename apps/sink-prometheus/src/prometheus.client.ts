import { compress } from 'snappy'
import { Pool } from 'undici'
import type { Dispatcher } from 'undici'
import type { ReceiverAnswer } from './classify.ts'
import type { Probe } from './receiver.ts'

export interface ClientOptions {
  /** The full address to write to. */
  readonly url: URL
  /** Sent with every request, for example `authorization`. */
  readonly headers: Readonly<Record<string, string>>
  readonly connections: number
}

export interface PrometheusClient {
  /** @param request an encoded prompb.WriteRequest */
  post(tenant: string, request: Buffer, signal: AbortSignal): Promise<ReceiverAnswer>
  /** Questions below the address that the write path stands under. */
  probe(signal: AbortSignal): Probe
  close(): Promise<void>
}

const MAX_ANSWER_CHARS = 4096
const WRITE_PATH = /\/api\/(v1|prom)\/(write|push)\/?$/

/** Remote write 1.0: https://prometheus.io/docs/specs/prw/remote_write_spec/. The only file that does I/O. */
export function createPrometheusClient(options: ClientOptions): PrometheusClient {
  const { url, connections } = options
  const pool = new Pool(url.origin, { connections, keepAliveTimeout: 30_000 })
  const path = url.pathname + url.search
  const headers = {
    'content-type': 'application/x-protobuf',
    'content-encoding': 'snappy',
    'x-prometheus-remote-write-version': '0.1.0',
    'user-agent': 'pegel-sink-prometheus',
    ...options.headers,
  }
  return {
    async post(tenant, request, signal) {
      const body = await compress(request)
      const answer = await pool.request({
        method: 'POST',
        path,
        headers: { ...headers, 'x-scope-orgid': tenant },
        body,
        signal,
      })
      const text = await answer.body.text()
      return {
        status: answer.statusCode,
        body: text.slice(0, MAX_ANSWER_CHARS),
        retryAfter: first(answer, 'retry-after'),
      }
    },
    probe: (signal) => ({
      async get(below) {
        const base = url.pathname.replace(WRITE_PATH, '')
        const answer = await pool.request({ method: 'GET', path: base + below, headers: options.headers, signal })
        const body = await answer.body.text()
        return answer.statusCode >= 200 && answer.statusCode < 300 ? { headers: answer.headers, body } : null
      },
    }),
    close: () => pool.destroy(),
  }
}

function first(answer: Dispatcher.ResponseData, name: string): string | undefined {
  const value = answer.headers[name]
  return Array.isArray(value) ? value[0] : value
}
