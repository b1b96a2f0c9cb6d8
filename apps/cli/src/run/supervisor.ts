import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { NODE_ARGUMENTS } from '@pegel/config'
import type { Logger } from '@pegel/telemetry'
import { parseListening } from './listening.ts'
import type { Listening } from './listening.ts'

export interface ServiceSpec {
  readonly name: string
  /** The program: a bundled main.js. */
  readonly path: string
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface SupervisorOptions {
  readonly services: readonly ServiceSpec[]
  /** Start one again that ends, after a wait that doubles up to 30 s. */
  readonly restart: boolean
  readonly log: Logger
  /** Where the services' lines go, as they are. */
  readonly write: (line: string) => void
  readonly onListening: (service: string, at: Listening) => void
  /** How long a service may drain before it is killed. */
  readonly drainMs: number
}

export interface Ended {
  readonly service: string
  readonly how: string
}

const FIRST_RESTART_MS = 1000
const MAX_RESTART_MS = 30_000

/** One child process a service. Nothing is restarted silently: without `restart` the first one that ends ends all. */
export class Supervisor {
  readonly #options: SupervisorOptions
  readonly #children = new Map<string, ChildProcess>()
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #over = Promise.withResolvers<Ended | undefined>()
  #stopping = false

  constructor(options: SupervisorOptions) {
    this.#options = options
  }

  /** Starts all. Resolves when every child has ended: with the first that died of itself, or undefined after a stop. */
  async run(): Promise<Ended | undefined> {
    for (const service of this.#options.services) this.#start(service, 0)
    return this.#over.promise
  }

  /** Asks every child to drain and end; the second time, and after drainMs, they are killed. */
  stop(): void {
    if (this.#stopping) {
      this.#signal('SIGKILL')
      return
    }
    this.#stopping = true
    for (const timer of this.#timers) clearTimeout(timer)
    this.#signal('SIGTERM')
    const timer = setTimeout(() => {
      this.#options.log.error('services did not drain in time, killing them', { services: [...this.#children.keys()] })
      this.#signal('SIGKILL')
    }, this.#options.drainMs)
    timer.unref()
    if (this.#children.size === 0) this.#over.resolve(undefined)
  }

  #signal(signal: NodeJS.Signals): void {
    for (const child of this.#children.values()) child.kill(signal)
  }

  #start(service: ServiceSpec, restarts: number): void {
    const { name, path, env } = service
    // A process group of its own: Ctrl-C reaches every process of the terminal's group, and a service takes a second signal
    // (ours) for an order to end at once, without draining.
    const argv = [...NODE_ARGUMENTS, path]
    const child = spawn(process.execPath, argv, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    this.#children.set(name, child)
    this.#options.log.info('service started', { name, pid: child.pid, restarts })
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        this.#line(name, child, line)
      })
    }
    child.once('close', (code, signal) => {
      this.#closed(service, { service: name, how: signal ?? `code ${code ?? 0}` }, restarts)
    })
    // A failed spawn reports here and then closes.
    child.on('error', (error) => {
      this.#options.log.error('service could not be started', { name, error })
    })
  }

  #line(name: string, child: ChildProcess, line: string): void {
    // Log lines are JSON with the service in them; anything else (a stack trace of the runtime) needs a name.
    this.#options.write(line.startsWith('{') ? line : `${name} | ${line}`)
    const listening = parseListening(line)
    if (listening !== undefined) this.#options.onListening(name, { ...listening, pid: child.pid ?? 0 })
  }

  #closed(service: ServiceSpec, ended: Ended, restarts: number): void {
    this.#children.delete(service.name)
    if (this.#stopping) {
      if (this.#children.size === 0) this.#over.resolve(this.#firstDead)
      return
    }
    if (this.#options.restart) {
      const afterMs = Math.min(MAX_RESTART_MS, FIRST_RESTART_MS * 2 ** Math.min(restarts, 10))
      this.#options.log.error('service ended, starting it again', { ...ended, afterMs })
      const timer = setTimeout(() => {
        this.#timers.delete(timer)
        this.#start(service, restarts + 1)
      }, afterMs)
      this.#timers.add(timer)
      return
    }
    this.#options.log.error('service ended, stopping all', { ...ended })
    this.#firstDead = ended
    if (this.#children.size === 0) this.#over.resolve(ended)
    this.stop()
  }

  #firstDead: Ended | undefined
}
