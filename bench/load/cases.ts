import { compressSync } from 'snappy'
import { OtlpBody } from './otlp-body.ts'
import { writeRequestV1, writeRequestV2 } from './remote-write-body.ts'
import { benchSeries } from './series.ts'
import type { BenchSeries } from './series.ts'

/** One way into the gateway. */
export interface DoorCase {
  readonly name: string
  readonly transport: 'http' | 'grpc' | 'mqtt' | 'udp'
  /** Of HTTP: path and query; of gRPC: the full name of the unary method; of MQTT: the topic. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** A body of so many points; time and values differ from call to call, as they do from request to request. */
  body(points: number, client: number, timeMs: number): Buffer
  /** A body whose time and values are set anew before each request; without, some are made beforehand and sent by turns. */
  renewable?(points: number, client: number): Pick<OtlpBody, 'bytes' | 'renew'>
  /** Where the gateway answers nobody: its counter of what it took, and how many of that a body holds when not all its points. */
  readonly taken?: { readonly counter: string; readonly pointsPerBody?: number }
  /** False where points wait for the end of an interval. */
  readonly fresh?: boolean
}

const PROTOBUF = 'application/x-protobuf'
/** What fits into a datagram of an Ethernet's size. */
const STATSD_LINES = 10

export const DOOR_CASES: readonly DoorCase[] = [
  { name: 'OTLP/HTTP protobuf', ...http('/v1/metrics', PROTOBUF), body: otlp },
  {
    name: 'OTLP/gRPC',
    transport: 'grpc',
    path: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
    headers: {},
    body: otlp,
  },
  {
    // Its first field is that of OTLP's request.
    name: 'pegel.ingest.v1 over gRPC',
    transport: 'grpc',
    path: '/pegel.ingest.v1.Ingest/Export',
    headers: {},
    body: otlp,
  },
  {
    name: 'remote write 1.0',
    ...http('/api/v1/push', PROTOBUF, { 'content-encoding': 'snappy', 'x-prometheus-remote-write-version': '0.1.0' }),
    body: (points, client, timeMs) => compressSync(writeRequestV1(benchSeries(points, client), Math.random, timeMs)),
  },
  {
    name: 'remote write 2.0',
    ...http('/api/v1/push', `${PROTOBUF};proto=io.prometheus.write.v2.Request`, {
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '2.0.0',
    }),
    body: (points, client, timeMs) => compressSync(writeRequestV2(benchSeries(points, client), Math.random, timeMs)),
  },
  {
    name: 'Influx line protocol',
    ...http('/api/v2/write?precision=ms', 'text/plain; charset=utf-8'),
    body: (points, client, timeMs) => lines(points, client, `${timeMs}`),
  },
  {
    name: 'OTLP/HTTP JSON',
    ...http('/v1/metrics', 'application/json'),
    body: (points, client, timeMs) => Buffer.from(JSON.stringify(otlpJson(benchSeries(points, client), timeMs))),
  },
  {
    name: 'JSON lines',
    ...http('/api/v1/metrics', 'application/x-ndjson'),
    body: (points, client, timeMs) =>
      Buffer.from(
        benchSeries(points, client)
          .map((each) => JSON.stringify(plain(each, timeMs)))
          .join('\n'),
      ),
  },
  {
    name: 'MQTT, line protocol',
    transport: 'mqtt',
    path: 'pegel/bench0/metrics',
    headers: {},
    body: (points, client, timeMs) => lines(points, client, `${timeMs}000000`),
    taken: { counter: 'pegel_gateway_points_accepted_total' },
  },
  {
    name: `StatsD, ${STATSD_LINES} counters a datagram`,
    transport: 'udp',
    path: '',
    headers: {},
    body: (_points, client) => Buffer.from(benchSeries(STATSD_LINES, client).map(statsd).join('\n')),
    taken: { counter: 'pegel_gateway_statsd_lines_total', pointsPerBody: STATSD_LINES },
    fresh: false,
  },
]

/**
 * As DOOR_CASES' first, but as most instrumentation has it: 8 metrics share each set of labels. Times and values are set anew for every request, since real
 * backends tell a point that came twice from one that came once.
 */
export const OTLP_OF_SHARED_LABELS: DoorCase = {
  name: 'OTLP/HTTP protobuf, shared labels',
  ...http('/v1/metrics', PROTOBUF),
  body(points, client, timeMs) {
    const body = sharedLabels(points, client)
    body.renew(timeMs)
    return body.bytes
  },
  renewable: sharedLabels,
}

function sharedLabels(points: number, client: number): OtlpBody {
  return new OtlpBody({ points, perMetric: Math.ceil(points / 8), client, sharesLabels: true })
}

function http(path: string, type: string, more: Readonly<Record<string, string>> = {}) {
  return { transport: 'http', path, headers: { 'content-type': type, ...more } } as const
}

function otlp(points: number, client: number, timeMs: number): Buffer {
  const body = new OtlpBody({ points, perMetric: Math.min(points, 20), client })
  body.renew(timeMs)
  return body.bytes
}

function lines(points: number, client: number, time: string): Buffer {
  return Buffer.from(
    benchSeries(points, client)
      .map((each) => `${line(each)} ${time}`)
      .join('\n'),
  )
}

function statsd({ name, labels }: BenchSeries): string {
  return `${name}:1|c|#${labels.map(([key, value]) => `${key}:${value}`).join(',')}`
}

function line({ name, labels }: BenchSeries): string {
  const tags = labels.map(([key, value]) => `${key}=${value}`).join(',')
  return `${name},${tags} value=${Math.random()}`
}

function plain({ name, labels }: BenchSeries, timestamp: number): object {
  return { name, value: Math.random(), timestamp, attributes: Object.fromEntries(labels) }
}

function otlpJson(series: readonly BenchSeries[], timeMs: number): object {
  const metrics = series.map(({ name, labels }) => {
    const attributes = labels.map(([key, value]) => ({ key, value: { stringValue: value } }))
    const dataPoints = [{ timeUnixNano: `${timeMs}000000`, asDouble: Math.random(), attributes }]
    return { name, gauge: { dataPoints } }
  })
  return { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }
}
