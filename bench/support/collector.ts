import { spawn } from 'node:child_process'
import { openSync, writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '../../libs/testing/src/eventually.ts'
import { clientProgram, ComponentUnavailable } from '../../tools/stack/index.ts'

/** The peer: a running OpenTelemetry Collector. */
export interface Collector {
  readonly pid: number
  stop(): Promise<void>
}

export interface CollectorOptions {
  /** As its configuration file has it. */
  readonly config: object
  /** Loopback ports that answer once it is ready. */
  readonly ports?: readonly number[]
}

export const PEER = 'Collector 0.155.0'

/** Undefined where it cannot be had; standard output says why, and the rows of the peer stay empty. */
export async function startCollector({ config, ports = [] }: CollectorOptions): Promise<Collector | undefined> {
  const command = await program()
  if (command === undefined) return undefined
  const dir = await mkdtemp(join(tmpdir(), 'pegel-bench-otelcol-'))
  const [file, log] = [join(dir, 'config.yaml'), join(dir, 'otelcol.log')]
  // Every JSON document is YAML.
  writeFileSync(file, JSON.stringify(config))
  const output = openSync(log, 'a')
  const child = spawn(command, ['--config', file], { stdio: ['ignore', output, output] })
  const over = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const endWithParent = (): void => void child.kill('SIGKILL')
  process.once('exit', endWithParent)
  for (const port of ports)
    await eventually(() => answers(port), { deadlineMs: 20_000 }).catch((error: unknown) => {
      child.kill('SIGKILL')
      throw new Error(`the Collector does not listen at ${port}; its log is ${log}`, { cause: error })
    })
  return {
    pid: child.pid ?? -1,
    stop() {
      process.off('exit', endWithParent)
      child.kill('SIGTERM')
      return over
    },
  }
}

async function program(): Promise<string | undefined> {
  try {
    return (await clientProgram('otelCollector', (line) => process.stderr.write(`${line}\n`))).command
  } catch (error) {
    if (!(error instanceof ComponentUnavailable)) throw error
    process.stdout.write(`${PEER} was not measured: ${error.message}\n\n`)
    return undefined
  }
}

function answers(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(void socket.end()))
    socket.once('error', reject)
  })
}
