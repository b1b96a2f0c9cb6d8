import { compressSync } from 'snappy'
import { gauges, protobufOf } from '../../apps/ingest-gateway/test/support/requests.ts'
import { logsOf, logsProtobuf } from '../../apps/ingest-gateway/test/support/logs-request.ts'
import { arbitraryRequest } from '../../apps/ingest-gateway/test/otlp/arbitrary-request.ts'
import { request1, request2 } from '../../apps/ingest-gateway/test/remote-write/messages.ts'
import type { Chance } from './chance.ts'

/** A path over HTTP, and a request that it takes. */
export interface HttpSample {
  readonly path: string
  readonly type: string
  readonly packed?: 'snappy'
  /** Unpacked. */
  readonly body: (chance: Chance) => Buffer
}

const PROTOBUF = 'application/x-protobuf'
const RW2 = 'application/x-protobuf;proto=io.prometheus.write.v2.Request'
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))
const few = (chance: Chance): readonly number[] => Array.from({ length: 1 + chance.below(5) }, (_, index) => index)

export function otlpOf(chance: Chance): object {
  if (chance.below(2) === 0) return chance.draw(arbitraryRequest)
  return gauges(few(chance).map((index) => ({ name: `fuzz${index}`, value: index, labels: { index: `${index}` } })))
}

export const otlpBytes = (chance: Chance): Buffer => protobufOf(otlpOf(chance))
export const logBytes = (chance: Chance): Buffer =>
  logsProtobuf(few(chance).map((index) => ({ text: `fuzz ${index}` })))

function series(chance: Chance) {
  return few(chance).map((index) => ({
    labels: [
      { name: '__name__', value: 'fuzz' },
      { name: 'index', value: `${index}` },
    ],
    samples: [{ value: index, timestamp: Date.now() }],
  }))
}

export const linesOf = (chance: Chance): Buffer =>
  Buffer.from(
    few(chance)
      .map((index) => `fuzz,tag\\ a=b\\,c,index=${index} f=${index}i,g="x",h=t ${Date.now()}000000`)
      .join('\n'),
  )

export const pointsJson = (chance: Chance): Buffer =>
  json(
    few(chance).map((index) => ({
      name: 'fuzz',
      type: 'histogram',
      labels: { index: `${index}` },
      value: { count: 3, sum: 4, bounds: [1, 2], counts: [1, 1, 1] },
    })),
  )

const JSON_TYPE = 'application/json'
const soon = (): string => new Date(Date.now() + 60_000).toISOString()
const ALERT = { name: 'Fuzz', severity: 'warning', labels: { service: 'fuzz' }, summary: 'fuzz' }
const ALERT_SAMPLES: readonly HttpSample[] = [
  { path: '/api/v1/alerts', type: JSON_TYPE, body: (chance) => json(few(chance).map(() => ALERT)) },
  {
    path: '/api/v1/alertmanager/webhook',
    type: JSON_TYPE,
    body: () => {
      const alert = {
        status: 'firing',
        labels: { alertname: 'Fuzz', tenant: 'mallory' },
        annotations: {},
        startsAt: soon(),
      }
      return json({ version: '4', status: 'firing', groupKey: '{}', receiver: 'pegel', alerts: [alert] })
    },
  },
  {
    path: '/api/v1/silences',
    type: JSON_TYPE,
    body: () => json({ matchers: [{ name: 'service', value: 'fuzz' }], endsAt: soon(), comment: 'fuzz' }),
  },
  { path: '/api/v1/alerts/0123456789abcdef/acknowledge', type: JSON_TYPE, body: () => json({ by: 'fuzz' }) },
]

export const HTTP_SAMPLES: readonly HttpSample[] = [
  ...ALERT_SAMPLES,
  { path: '/v1/metrics', type: PROTOBUF, body: otlpBytes },
  { path: '/v1/metrics', type: 'application/json', body: (chance) => json(otlpOf(chance)) },
  { path: '/v1/logs', type: PROTOBUF, body: logBytes },
  {
    path: '/v1/logs',
    type: 'application/json',
    body: (chance) => json(logsOf(few(chance).map((n) => ({ text: `${n}` })))),
  },
  { path: '/api/v1/push', type: PROTOBUF, packed: 'snappy', body: (chance) => request1(series(chance)) },
  { path: '/api/v1/write', type: RW2, packed: 'snappy', body: (chance) => request2(series(chance)) },
  { path: '/write?db=mallory', type: 'text/plain', body: linesOf },
  { path: '/api/v2/write?bucket=mallory', type: 'text/plain', body: linesOf },
  { path: '/api/v1/metrics', type: 'application/json', body: pointsJson },
  {
    path: '/api/v1/metrics',
    type: 'application/x-ndjson',
    body: () => Buffer.from('{"name":"fuzz","value":1}\n{"name":"fuzz","value":2}\n'),
  },
  {
    path: '/api/v1/logs',
    type: 'application/json',
    body: () => json([{ message: 'fuzz', level: 'warn', metadata: { a: { b: 1 } } }]),
  },
]

export function snappy(bytes: Buffer): Buffer {
  return Buffer.from(compressSync(bytes))
}
