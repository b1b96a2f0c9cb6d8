import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { NODE, ROOT } from '../../../tools/demo/run/place.ts'
import { guard } from '../../../tools/stack/process/guard.ts'
import { identify } from '../../../tools/stack/process/identity.ts'
import { eventually } from '../../../libs/testing/src/eventually.ts'
import type { Ports, Replica, ServiceName } from './services.ts'

export interface FleetOptions {
  readonly envOf: (name: ServiceName, replica: Replica) => Readonly<Record<string, string>>
  readonly portsOf: (name: ServiceName, replica: Replica) => Ports
  readonly logs: string
}

interface Running {
  readonly child: ChildProcess
  readonly gone: Promise<void>
}

const START_MS = 180_000
const DRAIN_MS = 15_000
/** A check asks Kafka and the backend, over new connections; on a busy machine each takes its time. */
const ASK_MS = 10_000

/** The built services as processes of their own. None is started again by itself: that is up to the scenario. */
export class Fleet {
  readonly #options: FleetOptions
  readonly #running = new Map<string, Running>()

  constructor(options: FleetOptions) {
    this.#options = options
  }

  runs(name: ServiceName, replica: Replica = 0): boolean {
    return this.#running.has(keyOf(name, replica))
  }

  /** Starts it, unless it runs, and returns at once. */
  launch(name: ServiceName, replica: Replica = 0): void {
    const key = keyOf(name, replica)
    if (this.#running.has(key)) return
    const log = openSync(join(this.#options.logs, `${key}.log`), 'a')
    const entry = join(ROOT, 'dist', 'apps', name, 'main.js')
    const child = spawn(NODE, [entry], {
      env: { PATH: process.env.PATH, PEGEL_WORKERS: process.env.PEGEL_WORKERS, ...this.#options.envOf(name, replica) },
      stdio: ['ignore', log, log],
    })
    closeSync(log)
    const gone = new Promise<void>((resolve) => {
      child.once('exit', () => {
        if (this.#running.get(key)?.child === child) this.#running.delete(key)
        resolve()
      })
    })
    this.#running.set(key, { child, gone })
    const identity = identify(child.pid ?? 0)
    if (identity !== undefined) guard(identity)
  }

  /** Resolves when it says that it is ready to work. */
  async ready(name: ServiceName, replica: Replica = 0, deadlineMs = START_MS): Promise<void> {
    const { admin } = this.#options.portsOf(name, replica)
    const ask = async (): Promise<void> => {
      if (!this.runs(name, replica)) throw new Error(`${name} has ended; see ${this.#options.logs}`)
      const response = await fetch(`http://127.0.0.1:${admin}/readyz`, { signal: AbortSignal.timeout(ASK_MS) })
      if (!response.ok) throw new Error(`${name} is not ready: ${await response.text()}`)
    }
    await eventually(ask, { deadlineMs, everyMs: 100 })
  }

  async start(name: ServiceName, replica: Replica = 0): Promise<void> {
    this.launch(name, replica)
    await this.ready(name, replica)
  }

  /** SIGKILL; resolves when it is gone. Nothing happens to one that does not run: of two faults the first may have hit it. */
  async kill(name: ServiceName, replica: Replica = 0): Promise<void> {
    const running = this.#running.get(keyOf(name, replica))
    running?.child.kill('SIGKILL')
    await running?.gone
  }

  freeze(name: ServiceName, replica: Replica = 0): void {
    this.#running.get(keyOf(name, replica))?.child.kill('SIGSTOP')
  }

  thaw(name: ServiceName, replica: Replica = 0): void {
    this.#running.get(keyOf(name, replica))?.child.kill('SIGCONT')
  }

  /** SIGTERM; how long the drain took, ms. Killed when it takes longer than a service may. */
  async stop(name: ServiceName, replica: Replica = 0): Promise<number> {
    const running = this.#running.get(keyOf(name, replica))
    if (running === undefined) return 0
    const startedMs = performance.now()
    running.child.kill('SIGCONT')
    running.child.kill('SIGTERM')
    const timer = setTimeout(() => running.child.kill('SIGKILL'), DRAIN_MS)
    await running.gone
    clearTimeout(timer)
    return performance.now() - startedMs
  }

  async stopAll(): Promise<void> {
    await Promise.all(
      [...this.#running.keys()].map((key) => {
        const [name, replica] = key.split('.')
        return this.stop(name as ServiceName, Number(replica) as Replica)
      }),
    )
  }
}

function keyOf(name: ServiceName, replica: Replica): string {
  return `${name}.${replica}`
}
