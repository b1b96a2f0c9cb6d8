import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import type { MetricData } from '@opentelemetry/sdk-metrics'
import { collectorsOf } from '../../../../apps/agent/src/collectors.ts'
import { fullHost } from '../../../../apps/agent/src/fixtures/full-host.ts'
import type { HostMetric } from '../../../../apps/agent/src/observation.ts'
import { AI_NAMES, BUSINESS_NAMES } from '../../../../apps/ingest-gateway/src/metrics-json/schemas.ts'
import { labelName, metricName } from '../../../../apps/sink-prometheus/src/metric-name.ts'
import { Backstage, gaugesOf } from '../../../../examples/shop/src/backstage.ts'
import { createInstruments } from '../../../../examples/shop/src/instruments.ts'
import { Presence } from '../../../../examples/shop/src/presence.ts'
import { createRoutes } from '../../../../examples/shop/src/routes.ts'
import { createShopServer } from '../../../../examples/shop/src/server.ts'
import { Shop } from '../../../../examples/shop/src/shop.ts'
import type { Catalogue } from './catalogue.ts'

/** What sink-prometheus adds to every series of a resource and a scope. */
const COMMON = ['tenant', 'job', 'instance', 'otel_scope_name', 'otel_scope_version']

/** The sets of metrics that the JSON door knows by name: no unit, no scope, so they keep it. */
export function addJsonSets(catalogue: Catalogue): void {
  for (const name of [...AI_NAMES, ...BUSINESS_NAMES]) {
    const metric = { name, kind: 'gauge', monotonic: false, unit: '', native: true } as const
    catalogue.add(metricName(metric), 'plain', ['tenant'])
  }
}

/** What the agent's own collectors read of a recorded machine. */
export async function addAgentMetrics(catalogue: Catalogue): Promise<void> {
  const collectors = collectorsOf(fullHost(), { topProcesses: 5, processNames: [], maxContainers: 5 })
  for (const { metrics } of collectors) for (const metric of metrics) catalogue.add(nameOf(metric), 'plain', COMMON)
  // The second reading has what is the difference of two.
  for (let reading = 0; reading < 2; reading += 1) {
    for (const { metric, attributes } of (await Promise.all(collectors.map((each) => each.collect()))).flat())
      catalogue.add(nameOf(metric), 'plain', Object.keys(attributes).map(labelName))
  }
}

function nameOf({ name, kind, unit }: HostMetric): string {
  const isSum = kind !== 'gauge'
  return metricName({ name, kind: isSum ? 'sum' : 'gauge', monotonic: kind === 'counter', unit, native: false })
}

/** What the shop's own instruments give after a few requests. */
export async function addShopMetrics(catalogue: Catalogue): Promise<void> {
  for (const metric of await shopMetrics()) {
    const { descriptor, dataPointType, dataPoints } = metric
    const kind = { [DataPointType.SUM]: 'sum', [DataPointType.GAUGE]: 'gauge' }[dataPointType as number] ?? 'histogram'
    const monotonic = metric.dataPointType === DataPointType.SUM && metric.isMonotonic
    const identity = { ...descriptor, kind: kind as 'sum' | 'gauge' | 'histogram', monotonic, native: false }
    const labels = dataPoints.flatMap(({ attributes }) => Object.keys(attributes).map(labelName))
    catalogue.add(metricName(identity), kind === 'histogram' ? 'histogram' : 'plain', [...COMMON, ...labels])
  }
}

async function shopMetrics(): Promise<readonly MetricData[]> {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  const provider = new MeterProvider({ readers: [reader] })
  const shop = new Shop(() => 0.9)
  const presence = new Presence()
  const backstage = new Backstage({ random: Math.random, inTrouble: () => false, hours: () => 24 })
  const instruments = createInstruments(provider.getMeter('shop'), gaugesOf(shop, backstage, presence))
  const server = createShopServer(createRoutes(shop, instruments), instruments, presence)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  for (const path of ['/cart?product=barometer', '/checkout?method=card', '/unknown'])
    await (await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST' })).arrayBuffer()
  server.closeAllConnections()
  server.close()
  await provider.forceFlush()
  const metrics = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
  await provider.shutdown()
  return metrics
}
