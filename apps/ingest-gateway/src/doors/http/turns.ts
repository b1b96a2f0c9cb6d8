interface Waiting {
  running: number
  readonly begin: (() => void)[]
}

export interface TurnsOptions {
  /** At a time. */
  readonly atMost: number
  /** Of them, of one tenant. */
  readonly each: number
}

/** Work in turns: tenants with work that waits come one after the other, so that nobody waits for all that another has brought. */
export class Turns {
  readonly #options: TurnsOptions
  readonly #tenants = new Map<string, Waiting>()
  #running = 0

  constructor(options: TurnsOptions) {
    this.#options = options
  }

  async during<T>(tenant: string, work: () => Promise<T>): Promise<T> {
    const own = this.#tenants.get(tenant) ?? { running: 0, begin: [] }
    this.#tenants.set(tenant, own)
    await new Promise<void>((resolve) => {
      own.begin.push(resolve)
      this.#next()
    })
    try {
      return await work()
    } finally {
      own.running -= 1
      this.#running -= 1
      if (own.running === 0 && own.begin.length === 0) this.#tenants.delete(tenant)
      this.#next()
    }
  }

  /** Whoever begins goes to the end of the map, which this comes to again. */
  #next(): void {
    const { atMost, each } = this.#options
    for (const [tenant, own] of this.#tenants) {
      if (this.#running >= atMost) return
      if (own.running >= each) continue
      const begin = own.begin.shift()
      if (begin === undefined) continue
      own.running += 1
      this.#running += 1
      this.#tenants.delete(tenant)
      this.#tenants.set(tenant, own)
      begin()
    }
  }
}
