import type { Door } from '../door.ts'
import { StatsdSocket } from './statsd-socket.ts'
import type { StatsdListener } from './listeners-setting.ts'
import type { StatsdSocketOptions } from './statsd-socket.ts'

export interface StatsdDoorOptions extends Omit<StatsdSocketOptions, 'listener'> {
  readonly listeners: readonly StatsdListener[]
}

/** StatsD and DogStatsD over UDP, a port per tenant: datagrams carry no credential, so whoever reaches the port is the tenant. */
export class StatsdDoor implements Door {
  readonly #sockets: ReadonlyMap<string, StatsdSocket>

  constructor({ listeners, ...options }: StatsdDoorOptions) {
    this.#sockets = new Map(listeners.map((listener) => [listener.tenant, new StatsdSocket({ ...options, listener })]))
  }

  async start(): Promise<void> {
    for (const socket of this.#sockets.values()) await socket.start()
  }

  listening(): Readonly<Record<string, unknown>> {
    if (this.#sockets.size === 0) return {}
    return { statsd: Object.fromEntries([...this.#sockets].map(([tenant, socket]) => [tenant, socket.port])) }
  }

  async drain(deadlineMs: number): Promise<void> {
    await Promise.all([...this.#sockets.values()].map((socket) => socket.drain(deadlineMs)))
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}
