import { join } from 'node:path'
import { isFree } from '../process/ports.ts'
import { startStack } from '../start-stack.ts'
import type { ComponentName } from '../types.ts'
import type { StackArguments } from './arguments.ts'
import { stopState } from './down.ts'
import { readState, stateOf, writeState } from './state.ts'
import type { StackState } from './state.ts'
import { describe, fault } from './status.ts'

const say = (line: string) => process.stderr.write(`${line}\n`)

function checkBrokers({ kafka }: StackState, wanted: 1 | 3 | undefined): void {
  const running = kafka?.processes.length ?? 0
  if (wanted === undefined || running === 0 || running === wanted) return
  throw new Error(
    `Kafka has ${running} broker(s) here, not ${wanted}: stop it with \`down kafka\` or use another --dir.`,
  )
}

/** What is started again listens where it did, as people have exported that address; unless someone else does now. */
async function formerPorts(names: readonly ComponentName[], state: StackState) {
  const ports: Partial<Record<ComponentName, number>> = {}
  for (const name of names) {
    const port = Number(/:(\d+)(,|$)/.exec(state[name]?.url ?? '')?.[1])
    if (Number.isInteger(port) && (await isFree(port))) ports[name] = port
  }
  return ports
}

/** Keeps what runs well; what is broken is stopped, to be started anew on the same data. */
async function missing(names: readonly ComponentName[], state: StackState, dir: string): Promise<ComponentName[]> {
  const absent: ComponentName[] = []
  for (const name of names) {
    const component = state[name]
    if (component !== undefined) {
      const wrong = await fault(name, component)
      if (wrong === undefined) continue
      say(`${describe(name, component)}: ${wrong}; starting it again`)
      await stopState(name, component, dir)
    }
    absent.push(name)
  }
  return absent
}

function hostOf(url: string | undefined): string | undefined {
  return url?.replace(/^\w+:\/\//, '')
}

function shellQuoted(text: string): string {
  return /^[\w.,:/@-]*$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

/** Starts what is not there yet, and leaves it running. */
export async function up({ names, dir, brokers }: StackArguments): Promise<number> {
  const file = join(dir, 'state.json')
  const state = readState(file)
  checkBrokers(state, brokers)
  const absent = await missing(names, state, dir)
  const stack = await startStack(absent, {
    dataDir: dir,
    brokers,
    ports: await formerPorts(absent, state),
    jvm: 'throughput',
    background: true,
    onProgress: say,
    config: absent.includes('alertmanager') ? undefined : { alertmanager: hostOf(state.alertmanager?.url) },
  })
  for (const name of absent) Reflect.deleteProperty(state, name)
  for (const component of stack.running) state[component.name] = stateOf(component)
  writeState(file, state)

  for (const name of names) {
    const component = state[name]
    if (component === undefined) continue
    say(describe(name, component))
    for (const [key, value] of Object.entries(component.env)) {
      process.stdout.write(`export ${key}=${shellQuoted(value)}\n`)
    }
  }
  for (const error of stack.unavailable) say(error.message)
  return stack.unavailable.length === 0 ? 0 : 1
}
