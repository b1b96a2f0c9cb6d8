import { fixed64, message, text, varintField } from '../support/protobuf.ts'

/** Makes ExportMetricsServiceRequests as an OpenTelemetry SDK would, and can set all times and values anew in place. */
/** When the counters began; also what the times are found by. */
const START_MS = Date.now() - 3_600_000
const LABELS = ['host', 'http.request.method', 'http.route', 'http.response.status_code'] as const
const METHODS = ['GET', 'POST', 'PUT', 'DELETE']
const STATUSES = ['200', '201', '400', '404', '500']

export interface Shape {
  /** Points per request, one per series. */
  readonly points: number
  /** Points per metric. */
  readonly perMetric: number
  /** Tells this client's series from those of others. */
  readonly client: number
  /** Whether every metric has the same sets of labels; otherwise no two series have one in common. */
  readonly sharesLabels?: boolean
}

export class OtlpBody {
  readonly bytes: Buffer
  readonly #times: number[] = []
  readonly #values: number[] = []

  constructor(shape: Shape) {
    const resource = message(
      1,
      message(1, attribute('service.name', `shop-${shape.client}`), attribute('service.version', '1.4.2')),
    )
    const scope = message(1, text(1, '@opentelemetry/instrumentation-http'), text(2, '0.57.0'))
    const metrics = Array.from({ length: Math.ceil(shape.points / shape.perMetric) }, (_, index) =>
      metric(index, shape),
    )
    this.bytes = message(1, resource, message(2, scope, ...metrics))
    this.#find()
  }

  /** Sets the time of every point and moves every value on. */
  renew(nowMs: number): void {
    const ns = BigInt(nowMs) * 1_000_000n
    for (const at of this.#times) this.bytes.writeBigUInt64LE(ns, at)
    for (const at of this.#values) this.bytes.writeDoubleLE(this.bytes.readDoubleLE(at) + Math.random(), at)
  }

  /** Times and values follow each other in every point, behind a start time that stands nowhere else. */
  #find(): void {
    const mark = fixed64(2, BigInt(START_MS) * 1_000_000n)
    for (let at = this.bytes.indexOf(mark); at !== -1; at = this.bytes.indexOf(mark, at + 1)) {
      this.#times.push(at + 10)
      this.#values.push(at + 19)
    }
  }
}

function metric(index: number, { perMetric, client, sharesLabels = false }: Shape): Buffer {
  const first = sharesLabels ? 0 : index * perMetric
  const points = Array.from({ length: perMetric }, (_, point) => dataPoint(first + point, client))
  const sum = message(7, ...points, varintField(2, 2), varintField(3, 1))
  return message(
    2,
    text(1, `http.server.request.duration.${index}`),
    text(2, 'Duration of requests.'),
    text(3, 'ms'),
    sum,
  )
}

function dataPoint(index: number, client: number): Buffer {
  const values = [
    `host-${client}-${index % 10}.example.internal`,
    METHODS[index % METHODS.length] ?? '',
    `/api/v1/resource/${index}`,
    STATUSES[index % STATUSES.length] ?? '',
  ]
  const value = Buffer.alloc(9)
  value[0] = 4 * 8 + 1
  value.writeDoubleLE(index + 0.5, 1)
  const times = [fixed64(2, BigInt(START_MS) * 1_000_000n), fixed64(3, BigInt(START_MS) * 1_000_000n)]
  const labels = LABELS.map((key, at) => message(7, text(1, key), message(2, text(1, values[at] ?? ''))))
  return message(1, ...times, value, ...labels)
}

function attribute(key: string, value: string): Buffer {
  return message(1, text(1, key), message(2, text(1, value)))
}
