/** A small web shop with visitors of its own, measured with the OpenTelemetry SDK. See README.md. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { parseArgs } from 'node:util'
import { Backstage, gaugesOf } from './backstage.ts'
import { Fault } from './fault.ts'
import { createInstruments } from './instruments.ts'
import { Presence } from './presence.ts'
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
    'fault-at': { type: 'string', default: '0' },
    'fault-for': { type: 'string', default: '0' },
    instance: { type: 'string', default: 'shop-1' },
  },
})
process.env.OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE ??= values.temporality

const fault = new Fault(Number(values['fault-at']) * 1000, Number(values['fault-for']) * 1000)
const inTrouble = (): boolean => fault.isActive(performance.now())
const shop = new Shop(Math.random, inTrouble)
// The order log was emptied a day ago.
const hours = (): number => 24 + performance.now() / 3_600_000
const backstage = new Backstage({ random: Math.random, inTrouble, hours })
const presence = new Presence()
const telemetry = startTelemetry(values.instance, Number(values.interval))
const instruments = createInstruments(telemetry.getMeter('shop', '1.0.0'), gaugesOf(shop, backstage, presence))
const server = createShopServer(createRoutes(shop, instruments, inTrouble), instruments, presence)
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
