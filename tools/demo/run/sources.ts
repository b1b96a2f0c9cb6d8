import { join } from 'node:path'
import type { Service } from '../../stack/process/service.ts'
import { ROOT } from './place.ts'
import type { Place } from './place.ts'
import { startProgram } from './programs.ts'
import type { DemoTenants } from './tenants.ts'

export interface SourcesOptions {
  readonly place: Place
  readonly tenants: DemoTenants
  /** http://host:port of the gateway. */
  readonly gateway: string
  readonly brokers: string
  readonly kafkaPrefix: string
  readonly temporality: 'delta' | 'cumulative'
  /** Seconds that the shop's fault lasts. */
  readonly faultFor: number
}

export interface Sources {
  /** Tenant → file of all that it has sent. */
  readonly journals: ReadonlyMap<string, string>
  /** Asks each to send what it has and end; resolves when they have. */
  stop(): Promise<void>
}

const INTERVAL_MS = 5_000
/** The shop reports every second, and what happens to it is seen as fast. */
const SHOP_INTERVAL_MS = 1_000
/** Seconds after its start that the payment service breaks. */
const FAULT_AT = 20

/** The agent, the shop and the direct producer, each noting what it sends. */
export async function startSources(options: SourcesOptions): Promise<Sources> {
  const journals = new Map(['agent', 'shop', 'direct'].map((tenant) => [tenant, journalOf(options, tenant)]))
  const starts = [startAgent(options), startShop(options), startDirect(options)]
  const results = await Promise.allSettled(starts)
  const running = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((source) => source.stop()))
  }
  const failed = results.find((result) => result.status === 'rejected')
  if (failed !== undefined) {
    await stop()
    throw failed.reason
  }
  return { journals, stop }
}

const PRELOAD = ['--import', join(ROOT, 'tools/demo/journal/otel-preload.ts')]

function journalOf({ place }: SourcesOptions, tenant: string): string {
  return join(place.journals, `${tenant}.jsonl`)
}

function startAgent(options: SourcesOptions): Promise<Service> {
  return startProgram({
    name: 'agent',
    args: [...PRELOAD, './dist/apps/agent/main.js'],
    env: {
      PEGEL_AGENT_ENDPOINT: options.gateway,
      PEGEL_AGENT_KEY: options.tenants.keys.get('agent') ?? '',
      PEGEL_AGENT_INTERVAL: `${INTERVAL_MS}ms`,
      PEGEL_ADMIN_PORT: '0',
      PEGEL_DEMO_JOURNAL: journalOf(options, 'agent'),
    },
    logs: options.place.logs,
  })
}

function startShop(options: SourcesOptions): Promise<Service> {
  return startProgram({
    name: 'shop',
    args: [
      ...[...PRELOAD, './examples/shop/src/main.ts', '--interval', String(SHOP_INTERVAL_MS)],
      ...['--fault-at', String(FAULT_AT), '--fault-for', String(options.faultFor)],
    ],
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: options.gateway,
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer ${options.tenants.keys.get('shop') ?? ''}`,
      OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: options.temporality,
      PEGEL_DEMO_JOURNAL: journalOf(options, 'shop'),
    },
    logs: options.place.logs,
  })
}

function startDirect(options: SourcesOptions): Promise<Service> {
  return startProgram({
    name: 'direct',
    args: [
      './examples/direct-producer/src/main.ts',
      ...['--interval', '1000', '--brokers', options.brokers],
      ...['--topic', `${options.kafkaPrefix}pegel.ingest-direct.v1`],
      ...['--journal', journalOf(options, 'direct')],
    ],
    env: { DIRECT_PRIVATE_KEY: options.tenants.directKeys.get('direct') ?? '' },
    logs: options.place.logs,
  })
}
