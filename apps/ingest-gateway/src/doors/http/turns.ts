interface Waiting {
  running: number
  /** In the order in which they came; each begins its work. */
  readonly begin: Set<() => void>
}

export interface TurnsOptions {
  /** At a time. */
  readonly atMost: number
  /** Of them, of one tenant. */
  readonly each: number
  /** Work whose turn has not come after so long is given up. */
  readonly waitMs: number
  /** What it rejects with then. */
  readonly late: (tenant: string) => Error
}

/** Work in turns: tenants with work that waits come one after the other, so that nobody waits for all that another has brought. */
export class Turns {
  readonly #options: TurnsOptions
  readonly #tenants = new Map<string, Waiting>()
  #running = 0

  constructor(options: TurnsOptions) {
    this.#options = options
  }

  /** @throws `late` when its turn does not come */
  async during<T>(tenant: string, work: () => Promise<T>): Promise<T> {
    const own = this.#tenants.get(tenant) ?? { running: 0, begin: new Set<() => void>() }
    this.#tenants.set(tenant, own)
    await this.#turnOf(tenant, own)
    try {
      return await work()
    } finally {
      own.running -= 1
      this.#running -= 1
      this.#forget(tenant, own)
      this.#next()
    }
  }

  #turnOf(tenant: string, own: Waiting): Promise<void> {
    const { waitMs, late } = this.#options
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        own.begin.delete(begin)
        this.#forget(tenant, own)
        reject(late(tenant))
      }
      const timer = setTimeout(giveUp, waitMs)
      const begin = (): void => {
        clearTimeout(timer)
        resolve()
      }
      own.begin.add(begin)
      this.#next()
    })
  }

  #forget(tenant: string, { running, begin }: Waiting): void {
    if (running === 0 && begin.size === 0) this.#tenants.delete(tenant)
  }

  /** Whoever begins goes to the end of the map, which this comes to again. */
  #next(): void {
    const { atMost, each } = this.#options
    for (const [tenant, own] of this.#tenants) {
      if (this.#running >= atMost) return
      if (own.running >= each) continue
      const [begin] = own.begin
      if (begin === undefined) continue
      own.begin.delete(begin)
      own.running += 1
      this.#running += 1
      this.#tenants.delete(tenant)
      this.#tenants.set(tenant, own)
      begin()
    }
  }
}
