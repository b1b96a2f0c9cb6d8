import { isFree } from '../../stack/process/ports.ts'
import { freePort, startStack } from '../../stack/index.ts'
import type { ComponentName, KafkaComponent, RunningComponent, RunningStack } from '../../stack/index.ts'

/** Whatever keeps data from one demo to the next cannot be told apart by topic names alone. */
export interface DemoStack {
  readonly stack: RunningStack
  /** Names of the sinks that have a backend. */
  readonly sinks: readonly SinkName[]
  /** What was left out, in sentences; with CI=true each of them is a failure. */
  readonly missing: readonly string[]
  readonly kafka: KafkaComponent
  component(name: ComponentName): RunningComponent | undefined
}

export type SinkName = 'prometheus' | 'elasticsearch' | 'influxdb'
const SINKS = ['prometheus', 'elasticsearch', 'influxdb'] as const satisfies readonly SinkName[]

/** Kafka and the backends. Throws when there is no Kafka, or no backend at all. */
export async function startDemoStack(dataDir: string, onProgress: (line: string) => void): Promise<DemoStack> {
  const stack = await startStack(['kafka', ...SINKS], { dataDir, onProgress })
  const component = (name: ComponentName): RunningComponent | undefined =>
    stack.running.find((running) => running.name === name)
  const kafka = component('kafka') as KafkaComponent | undefined
  const sinks = SINKS.filter((name) => component(name) !== undefined)
  const missing = stack.unavailable.map((error) => `${error.component}: ${error.message}`)
  if (kafka === undefined || sinks.length === 0) {
    await stack.stop()
    throw new Error(missing.join('\n'))
  }
  return { stack, sinks, missing, kafka, component }
}

/** The usual port when it is free, so that other clients find the gateway; any other one when it is taken. */
export async function choosePort(usual: number): Promise<number> {
  return (await isFree(usual)) ? usual : freePort()
}
