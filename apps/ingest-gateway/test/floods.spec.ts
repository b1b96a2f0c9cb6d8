import { describe, expect, it } from '@jest/globals'
import { DEFAULT_LIMITS } from '@pegel/tenancy'
import { DecodedPoints } from '../src/ingest/decoded-points.ts'
import { RequestPoints } from '../src/ingest/request-points.ts'
import { decodeLines, LineCache } from '../src/line-protocol/index.ts'
import { decodeLogLines, decodeOtlpLogsJson, decodeOtlpLogsProtobuf } from '../src/logs/index.ts'
import { RequestLogs } from '../src/logs/request-logs.ts'
import { decodeMetricsJson } from '../src/metrics-json/index.ts'
import { decodeOtlpJson } from '../src/otlp/index.ts'

const NOW = 1_700_000_000_000
const LIMIT = 2000
const limits = { ...DEFAULT_LIMITS, maxPointsPerRequest: LIMIT }

function pointsOf(decode: (points: RequestPoints) => unknown) {
  const points = new RequestPoints({ limits, receivedAtMs: NOW })
  decode(points)
  const { accepted, refused } = points.finish()
  return { accepted, refused: Object.fromEntries(refused.map(({ reason, count }) => [reason, count])) }
}

function logsOf(decode: (logs: RequestLogs) => unknown) {
  const logs = new RequestLogs({ limits, receivedAtMs: NOW })
  decode(logs)
  const { accepted, refused } = logs.finish()
  return { accepted, refused: Object.fromEntries(refused.map(({ reason, count }) => [reason, count])) }
}

const json = { tenant: 'acme', receivedAtMs: NOW } as const
const lines = (body: string) =>
  pointsOf((points) =>
    decodeLines(Buffer.from(body), points, { cache: new LineCache(limits), precision: 'ns', receivedAtMs: NOW }),
  )
const ndjson = (body: string) =>
  pointsOf((points) => decodeMetricsJson(Buffer.from(body), points, { ...json, form: 'ndjson' }))
const array = (body: string) =>
  pointsOf((points) => decodeMetricsJson(Buffer.from(body), points, { ...json, form: 'json' }))
const logLines = (body: string) => logsOf((logs) => decodeLogLines(Buffer.from(body), 'acme', logs))

/** A few kilobytes that unpack to millions of these would keep the gateway from everybody for a minute. */
describe('a body of bad items', () => {
  it.each([
    ['line protocol', lines, 'a\n'.repeat(1500), 'a b=1\n', 'line_malformed'],
    ['JSON lines', ndjson, '{\n'.repeat(1500), '{"name":"a","value":1}\n', 'point_malformed'],
    ['logs, JSON lines', logLines, '{\n'.repeat(1500), '{"message":"a"}\n', 'invalid_line'],
  ])('of %s is not read to its end', (_name, decode, bad, good, reason) => {
    expect(decode(bad + good)).toEqual({ accepted: 0, refused: { [reason]: 1501 } })
    // Fewer cost their neighbours nothing.
    expect(decode(bad.slice(0, bad.length / 2) + good)).toEqual({ accepted: 1, refused: { [reason]: 750 } })
  })

  it('of a JSON array is not read to its end', () => {
    expect(array(`[${'0,'.repeat(1500)}{"name":"a","value":1}]`)).toEqual({
      accepted: 0,
      refused: { point_malformed: 1501 },
    })
  })
})

describe('a request of more points than it may hold', () => {
  const otlp = (body: string) => pointsOf((points) => decodeOtlpJson(Buffer.from(body), new DecodedPoints(points)))
  const otlpPoints = (point: string) =>
    `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"a","gauge":{"dataPoints":[${Array.from({ length: LIMIT + 10 }, () => point).join()}]}}]}]}]}`
  const beyond = { max_points_per_request: 10 }

  it.each([
    ['line protocol', lines, 'a b=1\n'.repeat(LIMIT + 10)],
    ['JSON lines', ndjson, '{"name":"a","value":1}\n'.repeat(LIMIT + 10)],
    ['OTLP/JSON', otlp, otlpPoints(`{"asDouble":1,"timeUnixNano":"${NOW}000000"}`)],
    ['logs, JSON lines', logLines, '{"message":"a"}\n'.repeat(LIMIT + 10)],
  ])('over %s keeps those', (_name, decode, body) => {
    expect(decode(body)).toEqual({ accepted: LIMIT, refused: beyond })
  })

  it('looks at no more of them when they are refused, too', () => {
    expect(otlp(otlpPoints('{}'))).toEqual({ accepted: 0, refused: { value_missing: LIMIT, ...beyond } })
  })

  it('is read no further as OTLP logs, in both forms', () => {
    const records = Array.from({ length: LIMIT + 10 }, () => '{}').join()
    const asJson = `{"resourceLogs":[{"scopeLogs":[{"logRecords":[${records}]}]}]}`
    const expected = { accepted: LIMIT, refused: beyond }
    expect(logsOf((logs) => decodeOtlpLogsJson(Buffer.from(asJson), logs))).toEqual(expected)
    // Fields 1, 2 and 2 of empty messages; lengths as varints of two bytes.
    const inner = Buffer.alloc((LIMIT + 10) * 2, Buffer.from([0x12, 0]))
    const wrap = (tag: number, bytes: Buffer) =>
      Buffer.concat([Buffer.from([tag, (bytes.length & 127) | 128, bytes.length >> 7]), bytes])
    const asProtobuf = wrap(0x0a, wrap(0x12, inner))
    expect(logsOf((logs) => decodeOtlpLogsProtobuf(asProtobuf, logs))).toEqual(expected)
  })
})
