import { join } from 'node:path'
import { ComponentUnavailable } from './errors.ts'
import { startComponent } from './start-component.ts'
import type { ComponentConfig, ComponentName, RunningComponent, StartOptions } from './types.ts'

export interface StackOptions extends Omit<StartOptions, 'port'> {
  /** Wanted ports; the others get free ones. */
  ports?: Partial<Record<ComponentName, number>> | undefined
  /** Of single components, in the place of `config`. */
  configs?: Partial<Record<ComponentName, ComponentConfig>> | undefined
}

export interface RunningStack {
  readonly running: RunningComponent[]
  readonly unavailable: ComponentUnavailable[]
  /** Of all running components together. */
  readonly env: Record<string, string>
  stop(): Promise<void>
}

function optionsFor(name: ComponentName, options: StackOptions): StartOptions {
  const { dataDir, ports, configs, config } = options
  return { ...options, dataDir: join(dataDir, name), port: ports?.[name], config: configs?.[name] ?? config }
}

/** Prometheus has to know where its Alertmanager is, so that one goes first when both are wanted. */
async function prometheusOptions(options: StartOptions, alertmanager: Promise<RunningComponent> | undefined) {
  const address = await alertmanager?.then(
    ({ url }) => url.replace(/^\w+:\/\//, ''),
    () => undefined, // reported where it was started
  )
  return { ...options, config: { ...options.config, alertmanager: options.config?.alertmanager ?? address } }
}

/** Starts all in parallel, each in dataDir/<name>. A failed start stops the others again; an unavailable component does not. */
export async function startStack(names: readonly ComponentName[], options: StackOptions): Promise<RunningStack> {
  const starts = new Map<ComponentName, Promise<RunningComponent>>()
  for (const name of [...new Set(names)].sort()) {
    // 'alertmanager' sorts before 'prometheus'
    const own = optionsFor(name, options)
    const wanted = name === 'prometheus' ? prometheusOptions(own, starts.get('alertmanager')) : Promise.resolve(own)
    starts.set(
      name,
      wanted.then((ready) => startComponent(name, ready)),
    )
  }
  const results = await Promise.allSettled(starts.values())
  const running = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const stop = async () => {
    await Promise.all(running.map((component) => component.stop()))
  }
  const errors: unknown[] = results.flatMap((result) =>
    result.status === 'rejected' ? [result.reason as unknown] : [],
  )
  const unavailable = errors.filter((error) => error instanceof ComponentUnavailable)
  const failure = errors.find((error) => !(error instanceof ComponentUnavailable))
  if (failure !== undefined) {
    await stop()
    throw failure instanceof Error ? failure : new Error('a component did not start', { cause: failure })
  }
  const env = Object.assign({}, ...running.map((component) => component.env)) as Record<string, string>
  return { running, unavailable, env, stop }
}
