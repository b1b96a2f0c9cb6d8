/** A small web shop with visitors of its own, measured with the OpenTelemetry SDK. See README.md. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { parseArgs } from 'node:util'
import { createInstruments } from './instruments.ts'
import { createRoutes } from './routes.ts'
import { createShopServer } from './server.ts'
import { Shop } from './shop.ts'
import { startTelemetry } from './telemetry.ts'
import { sendVisitors } from './visitors.ts'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    visitors: { type: 'string', default: '8' },
    interval: { type: 'string', default: '5000' },
    temporality: { type: 'string', default: 'cumulative' },
    instance: { type: 'string', default: 'shop-1' },
  },
})
process.env.OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE ??= values.temporality

const shop = new Shop()
const telemetry = startTelemetry(values.instance, Number(values.interval))
const instruments = createInstruments(telemetry.getMeter('shop', '1.0.0'), function* () {
  for (const [product, pieces] of shop.stock()) yield [pieces, { 'product.id': product }]
})
const server = createShopServer(createRoutes(shop, instruments), instruments)
server.listen(Number(values.port), '127.0.0.1')
await once(server, 'listening')
const { port } = server.address() as AddressInfo
process.stdout.write(`${JSON.stringify({ message: 'listening', metadata: { port } })}\n`)

const closing = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => closing.abort())
await sendVisitors(`http://127.0.0.1:${port}`, Number(values.visitors), closing.signal)
server.closeAllConnections()
server.close()
// The last reading goes out here; without it the final interval would be lost.
await telemetry.shutdown()
