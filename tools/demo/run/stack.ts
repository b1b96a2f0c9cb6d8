import { join } from 'node:path'
import { ComponentUnavailable, freePort, startComponent, startStack } from '../../stack/index.ts'
import type { ComponentName, KafkaComponent, RunningComponent, StackOptions } from '../../stack/index.ts'
import { isFree } from '../../stack/process/ports.ts'
import { startStandIn } from './stand-in.ts'

export interface DemoStack {
  readonly kafka: KafkaComponent
  /** Names of the sinks that have a backend. */
  readonly sinks: readonly SinkName[]
  /** Whether Prometheus and Alertmanager are the demo's own, with its rules: those of somebody else have their own. */
  readonly rules: boolean
  /** What was left out or replaced, in sentences; with CI=true each of them is a failure. */
  readonly missing: readonly string[]
  /** Addresses and credentials under their usual names. */
  readonly env: Readonly<Record<string, string>>
  /** Address for people. */
  url(name: ComponentName): string | undefined
  stop(): Promise<void>
}

export type SinkName = 'prometheus' | 'elasticsearch' | 'influxdb'
const SINKS = ['prometheus', 'elasticsearch', 'influxdb'] as const satisfies readonly SinkName[]
const STAND_IN_ORG = 'pegel'

/** Kafka and the backends. Throws when there is no Kafka, or no backend at all. */
export async function startDemoStack(options: StackOptions, onProgress: (line: string) => void): Promise<DemoStack> {
  const { dataDir } = options
  const stack = await startStack(['kafka', 'alertmanager', ...SINKS], { ...options, onProgress })
  const { running, unavailable, env } = stack
  const missing = unavailable.map((error) => `LEFT OUT: ${error.component}. ${error.message}`)
  const closers = [() => stack.stop()]
  const noInflux = unavailable.some((error) => error.component === 'influxdb')
  const standIn = noInflux ? await replaceInflux(dataDir, onProgress) : undefined
  if (standIn !== undefined) {
    missing.push('VICTORIAMETRICS STANDS IN FOR INFLUXDB: its tenants are not kept apart by buckets.')
    closers.push(standIn.stop)
    running.push(standIn.component)
  }
  const stopAll = async (): Promise<void> => {
    await Promise.all(closers.map((close) => close()))
  }
  const kafka = running.find(({ name }) => name === 'kafka') as KafkaComponent | undefined
  const allEnv = { ...env, ...standIn?.env }
  const sinks = SINKS.filter((name) => allEnv[`PEGEL_${name.toUpperCase()}_URL`] !== undefined)
  if (kafka === undefined || sinks.length === 0) {
    await stopAll()
    throw new Error(missing.join('\n'))
  }
  const url = (name: ComponentName): string | undefined => running.find((each) => each.name === name)?.url
  const isOurs = (name: ComponentName): boolean => running.some((each) => each.name === name && each.from === 'local')
  const rules = isOurs('prometheus') && isOurs('alertmanager')
  return { kafka, sinks, rules, missing, env: allEnv, url, stop: stopAll }
}

interface Replacement {
  readonly component: RunningComponent
  readonly env: Readonly<Record<string, string>>
  readonly stop: () => Promise<void>
}

/** Undefined when VictoriaMetrics cannot be had either; the message about InfluxDB says what to do. */
async function replaceInflux(dataDir: string, onProgress: (line: string) => void): Promise<Replacement | undefined> {
  try {
    const component = await startComponent('victoriametrics', { dataDir: join(dataDir, 'victoriametrics'), onProgress })
    const standIn = await startStandIn(component.url, STAND_IN_ORG)
    const env = {
      ...component.env,
      PEGEL_INFLUXDB_URL: standIn.url,
      PEGEL_INFLUXDB_TOKEN: 'stand-in',
      PEGEL_INFLUXDB_ORG: STAND_IN_ORG,
    }
    const stop = async (): Promise<void> => {
      standIn.close()
      await component.stop()
    }
    return { component, env, stop }
  } catch (error) {
    if (error instanceof ComponentUnavailable) return undefined
    throw error
  }
}

/** The usual port when it is free, so that other clients find the gateway; any other one when it is taken. */
export async function choosePort(usual: number): Promise<number> {
  return (await isFree(usual)) ? usual : freePort()
}
