import { setTimeout as sleep } from 'node:timers/promises'
import { identify, signal } from '../../stack/process/identity.ts'
import type { ProcessIdentity } from '../../stack/process/identity.ts'
import type { KafkaComponent } from '../../stack/index.ts'
import type { Services } from './services.ts'

export interface ChaosOptions {
  readonly services: Services
  readonly kafka: KafkaComponent
  /** How long the sources run: the kills are spread over it. */
  readonly forMs: number
  readonly say: (line: string) => void
  readonly signal: AbortSignal
}

interface Step {
  /** When, as a share of the whole time. */
  readonly at: number
  readonly victim: string
}

/**
 * The sinks first, while points flow, so that they die in the middle of their work; Kafka notices a dead consumer after
 * its session's time only, so what comes behind them in the pipeline dies once they are back.
 */
const STEPS: readonly Step[] = [
  { at: 0.15, victim: 'sink-prometheus' },
  { at: 0.2, victim: 'sink-elasticsearch' },
  { at: 0.25, victim: 'sink-influxdb' },
  { at: 0.35, victim: 'ingest-gateway' },
  { at: 0.45, victim: 'anomaly-detector' },
  { at: 0.55, victim: 'enricher' },
  { at: 0.65, victim: 'kafka' },
  { at: 0.75, victim: 'alert-router' },
  { at: 0.9, victim: 'ingest-gateway' },
]

/** How long a service that just starts again is waited for. */
const UP_AGAIN_MS = 20_000

/**
 * Kills every service with kill -9 and restarts the broker. Where a restart takes longer than planned, what follows is late, and not left out.
 */
export async function causeChaos({ services, kafka, forMs, say, signal: stop }: ChaosOptions): Promise<void> {
  const startedMs = Date.now()
  for (const { at, victim } of STEPS) {
    const waitMs = startedMs + at * forMs - Date.now()
    await sleep(Math.max(0, waitMs), undefined, { signal: stop }).catch(() => undefined)
    if (stop.aborted) break
    const what = victim === 'kafka' ? await restartBroker(kafka, say) : await killService(services, victim, say)
    say(`chaos: ${what ?? `${victim} does not run here, so it was left alone`}`)
  }
}

/** One that has ended by itself is to be heard of, and killed once it is back. */
async function killService(services: Services, name: string, say: ChaosOptions['say']): Promise<string | undefined> {
  if (services.current()[name] === undefined) return undefined
  let identity = running(services, name)
  if (identity === undefined) say(`chaos: ${name} is down already, waiting for it …`)
  for (const endMs = Date.now() + UP_AGAIN_MS; identity === undefined && Date.now() < endMs;) {
    await sleep(200)
    identity = running(services, name)
  }
  if (identity === undefined) return undefined
  signal(identity, 'SIGKILL')
  return `kill -9 of ${name} (process ${identity.pid})`
}

function running(services: Services, name: string): ProcessIdentity | undefined {
  const { pid } = services.current()[name] ?? {}
  return pid === undefined ? undefined : identify(pid)
}

async function restartBroker(kafka: KafkaComponent, say: (line: string) => void): Promise<string | undefined> {
  const [broker] = kafka.brokers
  if (broker === undefined) return undefined
  say('chaos: restarting the broker …')
  const startedMs = Date.now()
  await broker.restart()
  return `restart of the broker, ${((Date.now() - startedMs) / 1000).toFixed(1)} s`
}
