import type { Server } from '@grpc/grpc-js'
import { messageOf } from '@pegel/errors'
import type { Logger } from '@pegel/telemetry'
import { HealthImplementation } from 'grpc-health-check'

export interface GrpcHealthOptions {
  /** Full names of the services that it tells about; the empty name, for all of them, is there too. */
  readonly services: readonly string[]
  /** Resolves when the gateway can do its work. */
  readonly ready: (signal: AbortSignal) => Promise<void>
  readonly log: Logger
  /** Default 5 s. */
  readonly intervalMs?: number
}

/** How long `ready` may take before it counts as no. */
const READY_TIMEOUT_MS = 2000

/**
 * The standard health service (grpc.health.v1): SERVING while the gateway can do its work, NOT_SERVING when it cannot or stops.
 * Asked at an interval, so that those who watch hear of a change, and asking costs nothing.
 */
export class GrpcHealth {
  readonly #options: GrpcHealthOptions
  readonly #health = new HealthImplementation()
  #timer: NodeJS.Timeout | undefined
  #stopped = false
  #serving: boolean | undefined

  constructor(options: GrpcHealthOptions) {
    this.#options = options
    this.#tell(false)
  }

  addTo(server: Pick<Server, 'addService'>): void {
    this.#health.addToServer(server)
  }

  /** Resolves when it has asked for the first time. */
  async start(): Promise<void> {
    await this.#ask()
    const { intervalMs = 5000 } = this.#options
    this.#timer = setInterval(() => void this.#ask(), intervalMs).unref()
  }

  /** NOT_SERVING from now on. */
  stop(): void {
    this.#stopped = true
    clearInterval(this.#timer)
    this.#tell(false)
  }

  async #ask(): Promise<void> {
    const { ready, log } = this.#options
    try {
      await ready(AbortSignal.timeout(READY_TIMEOUT_MS))
      if (!this.#stopped) this.#tell(true)
    } catch (error) {
      if (this.#serving === true) log.warn('not serving', { problem: messageOf(error) })
      this.#tell(false)
    }
  }

  #tell(serving: boolean): void {
    if (serving === this.#serving) return
    this.#serving = serving
    for (const name of ['', ...this.#options.services]) {
      this.#health.setStatus(name, serving ? 'SERVING' : 'NOT_SERVING')
    }
  }
}
