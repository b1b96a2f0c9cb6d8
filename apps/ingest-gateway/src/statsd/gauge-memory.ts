/** Last values of gauges, so that `+1` in a later interval means something. Bounded: what was set longest ago is forgotten first. */
export class GaugeMemory {
  readonly #max: number
  readonly #values = new Map<string, number>()

  constructor(max: number) {
    this.#max = max
  }

  /** 0 when it is not known, as StatsD begins. */
  get(key: string): number {
    return this.#values.get(key) ?? 0
  }

  set(key: string, value: number): void {
    this.#values.delete(key)
    this.#values.set(key, value)
    if (this.#values.size <= this.#max) return
    const [oldest] = this.#values.keys()
    if (oldest !== undefined) this.#values.delete(oldest)
  }
}
