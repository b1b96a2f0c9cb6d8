/**
 * How soon does an alert reach its channel? Alerts at an even rate (`--per-minute N`, default 10,000) for `--tenants N` (1,000), `--seconds N` (60),
 * written to a real Kafka (PEGEL_KAFKA_BROKERS, or one that is started), through the alert-router and its webhook channel, to an HTTP receiver in this process; limits of
 * channels are off. First each alert alone with group_wait 0: from the record's append time to the request. Then in groups: how many notifications there
 * were, beside how many the tenants' files make of the same records, and how late looks at groups were. Ten seconds more come first, whose times are left out;
 * `--only each` or `--only by` measures one of the two.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createKafka } from '@pegel/kafka'
import { createLogger, createMetrics } from '@pegel/telemetry'
import { fakeTenants } from '../libs/testing/src/fake-tenants.ts'
import { LinkMaker } from '../apps/alert-router/src/deliver/link-maker.ts'
import { Sends } from '../apps/alert-router/src/deliver/sends.ts'
import { routerConfig } from '../apps/alert-router/src/config.ts'
import { createSharedServices } from '../apps/alert-router/src/channels/settings.ts'
import { ChannelBook } from '../apps/alert-router/src/deliver/channel-book.ts'
import { createMeter } from '../apps/alert-router/src/router-metrics.ts'
import { runRouter } from '../apps/alert-router/src/run/run-router.ts'
import { startComponent } from '../tools/stack/index.ts'
import { expectedNotifications } from './alerts/expect.ts'
import { sendAlerts } from './alerts/load.ts'
import { startReceiver } from './alerts/receiver.ts'
import { GROUPINGS, tenantsOf } from './alerts/tenants.ts'
import type { Grouping } from './alerts/tenants.ts'
import type { Column, Row } from './support/report.ts'
import { argument, machine, renderTable, writeJson } from './support/report.ts'

const COLUMNS: readonly Column[] = [
  { key: 'name', title: 'groups' },
  { key: 'alerts', title: 'alerts', decimals: 0 },
  { key: 'notifications', title: 'notifications', decimals: 0 },
  { key: 'expected', title: 'as computed', decimals: 0 },
  { key: 'repeated', title: 'repeated', decimals: 0 },
  { key: 'p50', title: 'record to request p50 ms', decimals: 0 },
  { key: 'p99', title: 'p99 ms', decimals: 0 },
  { key: 'late50', title: 'late p50 ms', decimals: 0 },
  { key: 'late99', title: 'late p99 ms', decimals: 0 },
  { key: 'cpu', title: 'CPU s' },
]
const PARTITIONS = 12
/** After the last alert: its group_wait, a group_interval, and a moment. */
const SETTLE_MS = 27_000
/** Times of the first alerts are left out: a router that runs for days is not met in its first seconds. */
const WARM_UP_S = 10
const perMinute = Number(argument('per-minute') ?? 10_000)
const tenantCount = Number(argument('tenants') ?? 1000)
const seconds = Number(argument('seconds') ?? 60)
const only = argument('only')
const log = createLogger({ service: 'bench', level: 'error' })

process.stdout.write(
  `${machine()}; ${perMinute} alerts a minute of ${tenantCount} tenants for ${seconds} s, ${PARTITIONS} partitions; sender, router and receiver share this process\n\n`,
)
const dataDir = mkdtempSync(join(tmpdir(), 'pegel-bench-'))
const kafka = await startComponent('kafka', { dataDir, jvm: 'throughput' })
const rows: Row[] = []
try {
  for (const grouping of GROUPINGS.filter(({ name }) => only === undefined || name.startsWith(only)))
    rows.push(await measure(grouping, kafka.url.split(',')))
} finally {
  await kafka.stop()
}
process.stdout.write(`${renderTable(COLUMNS, rows)}\n`)
writeJson(rows)

async function measure(grouping: Grouping, brokers: readonly string[]): Promise<Row> {
  const metrics = createMetrics({ service: 'bench', defaults: false })
  const prefix = `bench_${randomBytes(4).toString('hex')}.`
  const port = createKafka({ brokers, clientId: 'bench', prefix, log, metrics })
  await port.ensureTopics({ partitions: PARTITIONS, replication: 1, retentionDays: 1 })
  const receiver = await startReceiver()
  const configs = tenantsOf(tenantCount, receiver.url, grouping)
  const tenants = fakeTenants(configs)
  const meter = createMeter(metrics)
  const settings = routerConfig.parse({ PEGEL_ALERT_EGRESS_ALLOW: '127.0.0.0/8' })
  const shared = { ...createSharedServices(settings, {}), secretsOf: () => () => 'the key of the signature' }
  const book = new ChannelBook({ tenants, shared, log, metrics, now: Date.now })
  const dueAt = new Map<string, number>()
  const links = new LinkMaker({ publicUrl: 'https://pegel.example', secret: 's'.repeat(32), ttlMs: 3_600_000 })
  const router = runRouter({
    ...{ kafka: port, tenants, schemas: { byFingerprint: () => undefined }, meter, log, metrics },
    sends: new Sends({ channels: { open: noting(book, dueAt) }, links, meter, log, now: Date.now }),
    ...{ group: 'alert-router', partitionCount: PARTITIONS, sessionTimeoutMs: 10_000, silentAfterMs: 0 },
    onHeartbeat: () => undefined,
  })
  await router.start()
  await untilReady(async () => {
    const assigned = /^pegel_kafka_assigned_partitions\{.*\} (\d+)$/m.exec(await metrics.expose())?.[1]
    if (Number(assigned) !== PARTITIONS) throw new Error('not all partitions are assigned')
    await router.checks.state?.(AbortSignal.timeout(1000))
  })
  const producer = port.producer()
  const before = process.cpuUsage()
  const sent = await sendAlerts({ producer, tenants: tenantCount, perMinute, seconds: WARM_UP_S + seconds })
  await sleep(SETTLE_MS)
  const { user, system } = process.cpuUsage(before)
  const untilMs = Date.now()
  await router.stop(5000)
  await book.close()
  await port.close()
  await receiver.close()
  const appendedAt = new Map(sent.map(({ alert, atMs }) => [alert.id, atMs]))
  const warmMs = Math.min(...appendedAt.values()) + WARM_UP_S * 1000
  const delays = receiver.arrivals.flatMap(({ ids, atMs }) =>
    ids.map((id) => appendedAt.get(id) ?? NaN).flatMap((fromMs) => (fromMs < warmMs ? [] : [atMs - fromMs])),
  )
  const keys = new Set(receiver.arrivals.map(({ key }) => key))
  const late = receiver.arrivals.flatMap(({ key, atMs }) => (atMs < warmMs ? [] : [atMs - (dueAt.get(key) ?? NaN)]))
  return {
    ...{ name: grouping.name, alerts: sent.length, notifications: keys.size },
    repeated: receiver.arrivals.length - keys.size,
    expected: expectedNotifications(configs, sent, untilMs),
    ...{ p50: quantile(delays, 0.5), p99: quantile(delays, 0.99) },
    ...{ late50: quantile(late, 0.5), late99: quantile(late, 0.99), cpu: (user + system) / 1e6 },
  }
}

/** The real channels, noting when what they are given was due. */
function noting(book: ChannelBook, dueAt: Map<string, number>): ChannelBook['open'] {
  return (tenant, name) => {
    const opened = book.open(tenant, name)
    if (opened === undefined) return undefined
    const { channel } = opened
    return {
      ...opened,
      channel: {
        send(notification, signal) {
          dueAt.set(notification.idempotencyKey, notification.dueAtMs)
          return channel.send(notification, signal)
        },
      },
    }
  }
}

async function untilReady(check: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      await check()
      return
    } catch {
      await sleep(100)
    }
  }
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
}
