import { compressSync } from 'snappy'
import { KEYS } from '../support/running-gateway.ts'
import type { RunningGateway } from '../support/running-gateway.ts'
import type { Version } from './messages.ts'

export const CONTENT_TYPES = {
  v1: 'application/x-protobuf',
  v2: 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
} as const

export interface WriteOptions {
  readonly version?: Version
  readonly path?: string
  readonly method?: string
  /** Override those of a proper request; one that is empty is left out. */
  readonly headers?: Readonly<Record<string, string>>
}

export interface Answer {
  readonly status: number
  readonly text: string
  readonly headers: Headers
  /** Samples, histograms and exemplars written. */
  readonly written: readonly (number | null)[]
}

/** Posts bytes as they are. */
export async function postRaw(gateway: RunningGateway, body: Buffer, options: WriteOptions = {}): Promise<Answer> {
  const { version = 'v2', path = '/api/v1/push', method = 'POST' } = options
  const proper = {
    authorization: `Bearer ${KEYS.acme}`,
    'content-type': CONTENT_TYPES[version],
    'content-encoding': 'snappy',
    'user-agent': 'test/1',
    'x-prometheus-remote-write-version': version === 'v1' ? '0.1.0' : '2.0.0',
  }
  const headers = Object.entries({ ...proper, ...options.headers }).filter(([, value]) => value !== '')
  const response = await fetch(gateway.url(path), {
    method,
    headers: Object.fromEntries(headers),
    ...(method === 'GET' ? {} : { body: new Uint8Array(body) }),
  })
  const written = ['samples', 'histograms', 'exemplars'].map((what) => {
    const header = response.headers.get(`x-prometheus-remote-write-${what}-written`)
    return header === null ? null : Number(header)
  })
  return { status: response.status, text: await response.text(), headers: response.headers, written }
}

/** Posts a message as a sender does. */
export function write(gateway: RunningGateway, message: Buffer, options: WriteOptions = {}): Promise<Answer> {
  return postRaw(gateway, Buffer.from(compressSync(message)), options)
}
