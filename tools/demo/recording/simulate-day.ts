/**
 * Writes shop-day.json.gz: a day of the sample shop, one second of every minute, from the shop's own code (shelves, routes, latencies, instruments, visitors'
 * habits) on a clock of its own. `node tools/demo/recording/simulate-day.ts`; a minute or so. The detector of the demo starts warm from it.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { AggregationTemporality, InstrumentType, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { Backstage, gaugesOf } from '../../../examples/shop/src/backstage.ts'
import { createInstruments } from '../../../examples/shop/src/instruments.ts'
import { Presence } from '../../../examples/shop/src/presence.ts'
import { createRoutes } from '../../../examples/shop/src/routes.ts'
import { Shop } from '../../../examples/shop/src/shop.ts'
import { SampleTable } from './sample-table.ts'
import { serve, visitor } from './simulated-visitors.ts'

const MINUTES = 24 * 60
const STEP_MS = 60_000
const SPAN_MS = 1000
const VISITORS = 8

class Collector extends MetricReader {
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve()
  }

  protected override onShutdown(): Promise<void> {
    return Promise.resolve()
  }
}

const calm = (): boolean => false
/** As the SDK's exporter chooses for the preference `delta`: what goes up and down stays a level. */
const reader = new Collector({
  aggregationTemporalitySelector: (type) =>
    type === InstrumentType.UP_DOWN_COUNTER ? AggregationTemporality.CUMULATIVE : AggregationTemporality.DELTA,
})
const provider = new MeterProvider({ readers: [reader] })
const shop = new Shop(Math.random, calm)
let minute = 0
const backstage = new Backstage({ random: Math.random, inTrouble: calm, hours: () => minute / 60 })
const instruments = createInstruments(provider.getMeter('shop', '1.0.0'), gaugesOf(shop, backstage, new Presence()))
const served = { routes: createRoutes(shop, instruments, calm), instruments }
const visitors = Array.from({ length: VISITORS }, (_, index) => ({
  name: `visitor-${index}`,
  atMs: index * 10,
  steps: visitor(shop.products, Math.random),
}))

/** Everybody goes on until this time. */
function runTo(endMs: number): void {
  for (const each of visitors) {
    while (each.atMs < endMs) {
      const { value } = each.steps.next()
      each.atMs += serve(value, each.name, served)
    }
  }
}

const table = new SampleTable(MINUTES)
for (; minute < MINUTES; minute += 1) {
  runTo(minute * STEP_MS + STEP_MS - SPAN_MS)
  await reader.collect()
  runTo((minute + 1) * STEP_MS)
  table.add(minute, (await reader.collect()).resourceMetrics)
}
const recording = {
  ...{ tenant: 'shop', startMs: 0, stepMs: STEP_MS, spanMs: SPAN_MS },
  resource: {
    'service.name': 'shop',
    'service.namespace': 'examples',
    'service.version': '1.0.0',
    'service.instance.id': 'shop-1',
  },
  scope: { name: 'shop', version: '1.0.0' },
  series: table.series({ tenant: 'shop', environment: 'demo' }),
}
const file = join(import.meta.dirname, 'shop-day.json.gz')
const bytes = gzipSync(JSON.stringify(recording), { level: 9 })
writeFileSync(file, bytes)
process.stdout.write(`${recording.series.length} series, ${MINUTES} samples each, ${bytes.length} bytes\n`)
