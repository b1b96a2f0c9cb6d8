import { randomBytes } from 'node:crypto'
import { encodeGroupBlock, encodeSeriesBlock, fingerprintOf, PointsWriter, sealBatch } from '@pegel/contracts'
import type { GroupIdentity, SeriesIdentity } from '@pegel/contracts'

export const POINTS_PER_RECORD = 1000
const SERIES_PER_LABELS = 8
const STEP_MS = 10_000

/**
 * Records as they stand in `metrics`: a scrape of 1,000 series each, 8 metrics for each set of labels, half counters and half gauges, with 4
 * labels and a resource of 4. Each record is the next scrape of one of `sources` sources, so that series come again as they do in service.
 */
export class Scrapes {
  readonly #tenant: string
  readonly #sources: number
  #next = 0

  constructor(tenant: string, sources: number) {
    this.#tenant = tenant
    this.#sources = sources
  }

  take(startMs: number): Buffer {
    const source = this.#next % this.#sources
    const timeMs = startMs + Math.floor(this.#next / this.#sources) * STEP_MS
    this.#next += 1
    const group = groupOf(source)
    const writer = new PointsWriter()
    writer.beginGroup(encodeGroupBlock(group))
    for (let index = 0; index < POINTS_PER_RECORD; index++) {
      const series = seriesOf(index)
      const { hi: fingerprintHi, lo: fingerprintLo } = fingerprintOf(group, series)
      const block = encodeSeriesBlock(series)
      const start = { startTimeMs: startMs - 3_600_000, startTimeNs: 0 }
      writer.beginSeries({ fingerprintHi, fingerprintLo, block, ...start })
      writer.number(timeMs, 0, valueOf(index, this.#next), 0)
    }
    return sealBatch(this.#head(timeMs), [writer.take()])
  }

  #head(timeMs: number): Parameters<typeof sealBatch>[0] {
    return {
      tenant: this.#tenant,
      batchId: randomBytes(16),
      configVersion: 1,
      receivedAtMs: timeMs,
      protocol: 'otlp_http',
      received: POINTS_PER_RECORD,
      refused: [],
      source: { topic: 'pegel.ingest.v1', partition: 0, offset: this.#next, appendTimeMs: timeMs, part: 0, parts: 1 },
    }
  }
}

function groupOf(source: number): GroupIdentity {
  const resource = Object.entries({
    'host.name': `web-${source}`,
    'service.instance.id': `instance-${source}`,
    'service.name': 'checkout',
    tenant: 'bench',
  }).map(([key, value]) => ({ key, value }))
  return { resource, scope: { name: 'bench', version: '1.0.0', attributes: [] } }
}

function seriesOf(index: number): SeriesIdentity {
  const metric = index % SERIES_PER_LABELS
  const set = Math.floor(index / SERIES_PER_LABELS)
  const counter = metric % 2 === 0
  return {
    name: `http.server.${counter ? 'requests' : 'load'}.${metric}`,
    kind: counter ? 'sum' : 'gauge',
    temporality: counter ? 'cumulative' : 'unspecified',
    monotonic: counter,
    unit: counter ? '{request}' : '1',
    attributes: [
      { key: 'http.request.method', value: set % 2 === 0 ? 'GET' : 'POST' },
      { key: 'http.response.status_code', value: String(200 + (set % 5)) },
      { key: 'http.route', value: `/api/v1/resource-${set}` },
      { key: 'network.protocol.version', value: '1.1' },
    ],
  }
}

/** Counters grow by whole numbers; gauges are fractions. */
function valueOf(index: number, round: number): number {
  return index % 2 === 0 ? index * 1000 + round * 7 : Math.sin(index + round) * 100
}
