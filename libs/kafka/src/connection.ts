import { kafkaErrors } from './errors.ts'
import type { Cluster } from './kafkajs-internals.ts'
import { createWire, type Wire, type WireSettings } from './wire.ts'

/** A wire that is replaced when its user calls it lost. */
export class Connection {
  readonly #settings: WireSettings
  readonly #topics: readonly string[]
  #wire: Wire | null = null
  #opening: Promise<Cluster> | null = null
  #closed = false

  /** @param topics whose metadata is kept, named as on the wire */
  constructor(settings: WireSettings, topics: readonly string[]) {
    this.#settings = settings
    this.#topics = topics
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Rejects when no broker answers or a topic is missing; asking again tries again. */
  cluster(): Promise<Cluster> {
    if (this.#closed) return Promise.reject(kafkaErrors.closed({ what: 'connection' }))
    this.#opening ??= this.#open()
    return this.#opening
  }

  /** Drops the connections of this cluster, unless that has happened already. */
  lost(cluster: Cluster | null): void {
    if (cluster !== null && this.#wire?.cluster !== cluster) return
    this.#wire?.destroy()
    this.#wire = null
    this.#opening = null
  }

  close(): void {
    this.#closed = true
    this.lost(null)
  }

  async #open(): Promise<Cluster> {
    const wire = createWire(this.#settings)
    this.#wire = wire
    try {
      await wire.open(this.#topics)
      return wire.cluster
    } catch (error) {
      this.lost(wire.cluster)
      throw error
    }
  }
}
