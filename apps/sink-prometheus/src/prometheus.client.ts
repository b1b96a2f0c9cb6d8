import { PEGEL_TENANT } from '@pegel/contracts'
import { compressSync } from 'snappy'
import { Pool } from 'undici'
import type { Dispatcher } from 'undici'
import type { ReceiverAnswer } from './classify.ts'
import type { Probe, ProtocolVersion } from './receiver.ts'

export interface ClientOptions {
  /** The full address to write to. */
  readonly url: URL
  /** Sent with every request, for example `authorization`. */
  readonly headers: Readonly<Record<string, string>>
  readonly connections: number
}

export interface PostedRequest {
  readonly tenant: string
  readonly version: ProtocolVersion
  /** An encoded prometheus.WriteRequest (1.0) or io.prometheus.write.v2.Request (2.0). */
  readonly message: Buffer
}

export interface PrometheusClient {
  post(request: PostedRequest, signal: AbortSignal): Promise<ReceiverAnswer>
  /** Questions below the address that the write path stands under. */
  probe(signal: AbortSignal): Probe
  close(): Promise<void>
}

const MAX_ANSWER_CHARS = 4096
/**
 * Snappy compresses into as much memory as the worst case takes. In another thread, or handed out as it is, that is fresh memory for each request, whose pages the
 * kernel clears: it costs more than the compression. Copied out at once, the same memory serves the next request.
 */
const OF_ITS_OWN = { copyOutputData: true }
const WRITE_PATH = /\/api\/(v1|prom)\/(write|push)\/?$/

const VERSION_HEADERS: Readonly<Record<ProtocolVersion, Readonly<Record<string, string>>>> = {
  '1.0': { 'content-type': 'application/x-protobuf', 'x-prometheus-remote-write-version': '0.1.0' },
  '2.0': {
    'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
    'x-prometheus-remote-write-version': '2.0.0',
  },
}

/** Remote write 1.0 and 2.0: https://prometheus.io/docs/specs/prw/. The only file that does I/O. */
export function createPrometheusClient(options: ClientOptions): PrometheusClient {
  const { url, connections } = options
  const pool = new Pool(url.origin, { connections, keepAliveTimeout: 30_000 })
  const path = url.pathname + url.search
  // What the protocol reserves stands last: no setting overrides it.
  const headers = { ...options.headers, 'content-encoding': 'snappy', 'user-agent': 'pegel-sink-prometheus' }
  const post: PrometheusClient['post'] = async ({ tenant, version, message }, signal) => {
    const body = compressSync(message, OF_ITS_OWN)
    const answer = await pool.request({
      method: 'POST',
      path,
      headers: { ...headers, ...VERSION_HEADERS[version], 'x-scope-orgid': tenant },
      body,
      signal,
    })
    const text = await answer.body.text()
    const written = writtenOf(answer)
    return {
      status: answer.statusCode,
      body: text.slice(0, MAX_ANSWER_CHARS),
      retryAfter: first(answer, 'retry-after'),
      ...(written === undefined ? {} : { written }),
    }
  }
  return {
    post,
    probe: (signal) => ({
      async get(below) {
        const base = url.pathname.replace(WRITE_PATH, '')
        const answer = await pool.request({ method: 'GET', path: base + below, headers: options.headers, signal })
        const body = await answer.body.text()
        return answer.statusCode >= 200 && answer.statusCode < 300 ? { headers: answer.headers, body } : null
      },
      post: (version, message) => post({ tenant: PEGEL_TENANT, version, message }, signal),
    }),
    close: () => pool.destroy(),
  }
}

/** Undefined when there is none of the headers. One that is missing among others means 0. */
function writtenOf(answer: Dispatcher.ResponseData): ReceiverAnswer['written'] {
  const [samples, histograms] = WRITTEN_HEADERS.map((name) => first(answer, name))
  const none = WRITTEN_HEADERS.every((name) => first(answer, name) === undefined)
  return none ? undefined : { samples: Number(samples ?? 0), histograms: Number(histograms ?? 0) }
}

const WRITTEN_HEADERS = ['samples', 'histograms', 'exemplars'].map(
  (what) => `x-prometheus-remote-write-${what}-written`,
)

function first(answer: Dispatcher.ResponseData, name: string): string | undefined {
  const value = answer.headers[name]
  return Array.isArray(value) ? value[0] : value
}
