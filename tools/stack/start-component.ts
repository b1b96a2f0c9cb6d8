import { mkdirSync } from 'node:fs'
import { startAlertmanager } from './components/alertmanager.ts'
import type { LocalOptions, StartLocal } from './components/component.ts'
import { startElasticsearch } from './components/elasticsearch.ts'
import { startInfluxDb } from './components/influxdb.ts'
import { startKafka } from './components/kafka.ts'
import { startMosquitto } from './components/mosquitto.ts'
import { startPrometheus, startPrometheus3 } from './components/prometheus.ts'
import { startVictoriaMetrics } from './components/victoriametrics.ts'
import { dockerEngine, startCompose } from './docker.ts'
import { fromEnvironment, variables } from './environment.ts'
import { ComponentUnavailable, reasonOf } from './errors.ts'
import { whichIn } from './install/which.ts'
import { probe } from './probe/probe.ts'
import { untilResolved } from './process/wait.ts'
import type { ComponentName, KafkaComponent, RunningComponent, StartOptions } from './types.ts'

const localStarts: Record<ComponentName, StartLocal> = {
  kafka: startKafka,
  elasticsearch: startElasticsearch,
  influxdb: startInfluxDb,
  victoriametrics: startVictoriaMetrics,
  prometheus: startPrometheus,
  alertmanager: startAlertmanager,
  prometheus3: startPrometheus3,
  mosquitto: startMosquitto,
}

const answerDeadlineMs = 10_000

async function existing(name: ComponentName): Promise<RunningComponent | undefined> {
  const env = fromEnvironment(name, process.env)
  if (env === undefined) return undefined
  const { address, label } = variables[name]
  const url = env[address] ?? ''
  try {
    await untilResolved(() => probe(name, url), { deadlineMs: answerDeadlineMs, everyMs: 300 })
  } catch (error) {
    throw new ComponentUnavailable(
      name,
      `${address} names ${url}, but ${label} gives no answer there (${reasonOf(error)}): correct it, or unset it to have one started.`,
    )
  }
  return { name, from: 'environment', env, url, pids: [], stop: () => Promise.resolve() }
}

/** Who asks for three brokers wants to break them one by one, which takes processes of our own. */
async function inDocker(name: ComponentName, options: LocalOptions): Promise<RunningComponent | undefined> {
  if (options.brokers === 3) return undefined
  const docker = await dockerEngine(options.which)
  return docker === undefined ? undefined : startCompose({ docker, name, dataDir: options.dataDir }, options)
}

async function shared(name: ComponentName, options: LocalOptions): Promise<RunningComponent | undefined> {
  if (options.local === true) return undefined
  return (await existing(name)) ?? (await inDocker(name, options))
}

/**
 * One component, from the first of: its address in the environment, Docker, a local process on loopback.
 * Resolves when it answers. Throws ComponentUnavailable when none of the three is possible, StartFailed when a start failed.
 */
export async function startComponent(name: 'kafka', options: StartOptions): Promise<KafkaComponent>
export async function startComponent(name: ComponentName, options: StartOptions): Promise<RunningComponent>
export async function startComponent(name: ComponentName, options: StartOptions): Promise<RunningComponent> {
  const { dataDir, onProgress = () => undefined, background = false } = options
  mkdirSync(dataDir, { recursive: true })
  const full = { ...options, onProgress, background, which: whichIn(process.env) }
  const found = await shared(name, full)
  if (found === undefined) return localStarts[name](full)
  const component: RunningComponent | KafkaComponent = name === 'kafka' ? { ...found, brokers: [] } : found
  return component
}
