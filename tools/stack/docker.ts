import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { influxToken } from './components/influx-token.ts'
import { clientEnvironment, influxDefaults, variables } from './environment.ts'
import { reasonOf } from './errors.ts'
import { run } from './install/run.ts'
import type { Which } from './install/which.ts'
import { probe } from './probe/probe.ts'
import { choosePort, freePort, loopback } from './process/ports.ts'
import { untilResolved } from './process/wait.ts'
import type { ComponentName, RunningComponent, StartOptions } from './types.ts'

/** docker-compose.yml at the root has a service named like each component (Kafka: three), its host port taken from the component's port variable. */
export const rootComposeFile = resolve(import.meta.dirname, '..', '..', 'docker-compose.yml')
const answerTimeoutMs = 5_000
const readyDeadlineMs = 180_000

/** Path of a docker client whose engine answers. */
export async function dockerEngine(which: Which): Promise<string | undefined> {
  const docker = which('docker')
  if (docker === undefined) return undefined
  try {
    // A client without an engine may exit with 0, too: only a server version proves one.
    const version = await run(docker, ['info', '--format', '{{.ServerVersion}}'], { timeoutMs: answerTimeoutMs })
    return /^\d/m.test(version) ? docker : undefined
  } catch {
    return undefined
  }
}

/** One compose project per data directory, so that two stacks on a machine do not share containers. */
export function composeProject(dataDir: string): string {
  return `pegel-${createHash('sha256').update(resolve(dataDir)).digest('hex').slice(0, 10)}`
}

export interface ComposeService {
  docker: string
  name: ComponentName
  dataDir: string
  composeFile?: string
}

function compose(service: ComposeService, args: readonly string[], env: Record<string, string> = {}) {
  const { docker, name, dataDir, composeFile = rootComposeFile } = service
  const project = ['compose', '-p', composeProject(dataDir), '-f', composeFile]
  return run(docker, [...project, ...args, ...servicesOf(name)], { env, logFile: join(dataDir, 'docker.log') })
}

/** Kafka is three brokers there: none of them serves before most of them run. */
function servicesOf(name: ComponentName): readonly string[] {
  return name === 'kafka' ? ['kafka', 'kafka-2', 'kafka-3'] : [name]
}

/** Host ports of the other two. */
async function otherPorts(name: ComponentName): Promise<Record<string, string>> {
  if (name !== 'kafka') return {}
  return { PEGEL_KAFKA_2_PORT: String(await freePort()), PEGEL_KAFKA_3_PORT: String(await freePort()) }
}

/** Stops and removes the containers; named volumes stay. */
export async function stopCompose(service: ComposeService): Promise<void> {
  await compose(service, ['rm', '--stop', '--force'])
}

/** Undefined when Docker cannot start it after all (for example, the image cannot be pulled); the reason goes to onProgress. */
export async function startCompose(
  service: ComposeService,
  options: StartOptions & { onProgress: (line: string) => void },
): Promise<RunningComponent | undefined> {
  const { name } = service
  const { label, port: portVariable } = variables[name]
  if (!existsSync(service.composeFile ?? rootComposeFile)) return undefined
  const port = await choosePort(label, options.port)
  const scheme = { kafka: '', mosquitto: 'mqtt://' }[name as string] ?? 'http://'
  const others = await otherPorts(name)
  const url = [port, ...Object.values(others)].map((each) => `${scheme}${loopback}:${each}`).join(',')
  const influx =
    name === 'influxdb' ? { token: influxToken(service.dataDir, options.token), org: influxDefaults.org } : undefined
  const env = clientEnvironment(name, url, influx)
  try {
    await compose(service, ['up', '--detach', '--no-deps'], { [portVariable]: String(port), ...others, ...env })
    await untilResolved(() => probe(name, url), { deadlineMs: readyDeadlineMs, everyMs: 500 })
  } catch (error) {
    options.onProgress(`${label}: Docker could not start it (${reasonOf(error)}); trying a local process`)
    await stopCompose(service).catch(() => undefined) // nothing of it may have been made
    return undefined
  }
  return { name, from: 'docker', env, url, pids: [], stop: () => stopCompose(service) }
}
