import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import type { Histogram } from '@opentelemetry/sdk-metrics'
import { Backstage, gaugesOf } from '../src/backstage.ts'
import { createInstruments } from '../src/instruments.ts'
import { Presence } from '../src/presence.ts'
import { createRoutes } from '../src/routes.ts'
import { createShopServer } from '../src/server.ts'
import { Shop } from '../src/shop.ts'
import { sendVisitors } from '../src/visitors.ts'

let exporter: InMemoryMetricExporter
let provider: MeterProvider
let server: ReturnType<typeof createShopServer>
let baseUrl: string

beforeEach(async () => {
  exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
  provider = new MeterProvider({ readers: [reader] })
  const shop = new Shop(() => 0.9)
  const backstage = new Backstage({ random: Math.random, inTrouble: () => false, hours: () => 24 })
  const presence = new Presence()
  const instruments = createInstruments(provider.getMeter('shop'), gaugesOf(shop, backstage, presence))
  server = createShopServer(createRoutes(shop, instruments), instruments, presence)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterEach(async () => {
  server.closeAllConnections()
  server.close()
  await provider.shutdown()
})

/** `name {attributes}` → value, or the count of a histogram. */
async function measured(): Promise<Record<string, number>> {
  await provider.forceFlush()
  const metrics =
    exporter
      .getMetrics()
      .at(-1)
      ?.scopeMetrics.flatMap((scope) => scope.metrics) ?? []
  return Object.fromEntries(
    metrics.flatMap(({ descriptor, dataPoints }) =>
      dataPoints.map(({ attributes, value }) => [
        `${descriptor.name} ${JSON.stringify(attributes)}`,
        typeof value === 'number' ? value : (value as Histogram).count,
      ]),
    ),
  )
}

async function post(path: string): Promise<number> {
  const response = await fetch(`${baseUrl}${path}`, { method: 'POST', headers: { 'x-visitor': 'ann' } })
  await response.arrayBuffer()
  return response.status
}

describe('the shop', () => {
  it('measures a purchase with each kind of instrument', async () => {
    expect(await post('/cart?product=barometer')).toBe(200)
    expect((await measured())['shop.carts.open {}']).toBe(1)
    expect(await post('/checkout?method=card')).toBe(201)
    expect(await measured()).toMatchObject({
      'shop.carts.open {}': 0,
      'shop.orders {"order.status":"paid","payment.method":"card"}': 1,
      'shop.revenue {"payment.method":"card"}': 89,
      'shop.stock {"product.id":"barometer"}': 199,
      'shop.users.active {}': 1,
      'http.server.active_requests {"http.request.method":"POST","url.scheme":"http"}': 0,
      'http.server.request.duration {"http.request.method":"POST","url.scheme":"http","http.route":"/checkout","http.response.status_code":201}': 1,
    })
  })

  it('refuses what it does not sell and makes no series of unknown paths', async () => {
    expect(await post('/cart?product=submarine')).toBe(404)
    expect(await post('/wp-login.php')).toBe(404)
    expect(await measured()).toMatchObject({
      'http.server.request.duration {"http.request.method":"POST","url.scheme":"http","http.route":"/cart","http.response.status_code":404}': 1,
      'http.server.request.duration {"http.request.method":"POST","url.scheme":"http","http.response.status_code":404}': 1,
    })
  })

  it('serves its visitors until they are told to leave', async () => {
    const closing = new AbortController()
    const visitors = sendVisitors(baseUrl, 3, closing.signal)
    const pages = async (): Promise<number> => {
      const values = Object.entries(await measured())
      return values.filter(([name]) => name.includes('"http.route":"/"')).reduce((sum, [, value]) => sum + value, 0)
    }
    const deadline = Date.now() + 10_000
    while ((await pages()) < 6 && Date.now() < deadline) await once(server, 'request')
    closing.abort()
    await visitors
    expect(await pages()).toBeGreaterThanOrEqual(6)
  })
})
