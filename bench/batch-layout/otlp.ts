import type { Dataset, Group, Series } from './dataset.ts'
import { attributes, dataset } from './dataset.ts'

const METHODS = ['GET', 'POST', 'PUT', 'DELETE']
const STATUS = ['200', '201', '204', '400', '404', '500']
const METRICS = [
  ['http.server.request.count', '{request}'],
  ['http.server.active_requests', '{request}'],
  ['http.server.response.bytes', 'By'],
  ['http.client.request.count', '{request}'],
  ['db.client.operations', '{operation}'],
] as const

/** What an OpenTelemetry SDK sends: one resource of 10 attributes, one scope, series with 4 attributes and one point each. */
export function sdkDataset(points: number): Dataset {
  return dataset(`OTLP, 1 resource, ${points} series`, [resource(0, points)])
}

/** What a collector in front of many processes sends: many resources with a few series each. */
export function collectorDataset(resources: number, seriesEach: number): Dataset {
  const groups = Array.from({ length: resources }, (_, index) => resource(index, seriesEach))
  return dataset(`OTLP, ${resources} resources x ${seriesEach}`, groups)
}

function resource(index: number, count: number): Group {
  const random = generator(index + 1)
  const timeMs = 1_760_000_000_000 + index * 311
  const startTimeMs = timeMs - 3_600_000 - index * 1009
  const series = Array.from({ length: count }, (_, at): Series => {
    const [name, unit] = METRICS[at % METRICS.length] ?? ['', '']
    const gauge = name.endsWith('active_requests')
    const identity = {
      name,
      kind: gauge ? 'gauge' : 'sum',
      temporality: gauge ? 'unspecified' : 'cumulative',
      monotonic: !gauge,
      unit,
      attributes: attributes({
        'http.request.method': METHODS[at % METHODS.length] ?? '',
        'http.response.status_code': STATUS[at % STATUS.length] ?? '',
        'http.route': `/api/v1/resource-${at % 97}/{id}`,
        'server.address': `shop-${at >> 3}.example.com`,
      }),
    } as const
    const value = gauge ? Math.round(random() * 50) : Math.round(random() * 1e6) / (at % 2 === 0 ? 1 : 1000)
    return { identity, startTimeMs, samples: [{ timeMs, value }] }
  })
  return {
    identity: {
      resource: resourceAttributes(index),
      scope: { name: '@opentelemetry/instrumentation-http', version: '0.57.0', attributes: [] },
    },
    series,
  }
}

function resourceAttributes(index: number): ReturnType<typeof attributes> {
  return attributes({
    'deployment.environment.name': 'production',
    'host.arch': 'amd64',
    'host.name': `node-${index % 12}.eu-central.example.com`,
    'k8s.namespace.name': 'shop',
    'k8s.pod.name': `shop-7d4b9c6f5-${(index * 7919 + 11).toString(36).padStart(5, 'x')}`,
    'process.pid': String(1000 + index * 17),
    'process.runtime.name': 'nodejs',
    'service.instance.id': `627cc493-f310-47de-96bd-${(0x71410b7dec09 + index * 65_537).toString(16)}`,
    'service.name': 'shop',
    'service.version': '2.4.1',
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.version': '2.0.0',
  })
}

/** The same numbers in every run (mulberry32). */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
