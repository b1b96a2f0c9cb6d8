/** What one gauging station reports: the unit of work of this example. All times are ns since the epoch. */
export interface Reading {
  readonly station: string
  readonly river: string
  /** Metres above the gauge's zero. */
  readonly levels: readonly Timed<number>[]
  /** Cubic metres that have passed since the start. */
  readonly volumes: readonly Timed<number>[]
  /** Wave heights in metres since the start. */
  readonly waves: Timed<WaveHistogram>
}

export interface Timed<T> {
  readonly timeNs: bigint
  readonly value: T
}

export interface WaveHistogram {
  readonly count: number
  readonly sum: number
  readonly counts: readonly number[]
}

export const WAVE_BOUNDS = [0.05, 0.1, 0.2, 0.4, 0.8]
const RIVERS = ['Elbe', 'Oder', 'Rhein', 'Donau']
const NS_PER_MS = 1_000_000n

/** Simulates stations; each call of `read` covers the time since the last one, `stepMs` apart. */
export class Rivers {
  readonly #stations: Station[]

  constructor(stations: number, random: () => number = Math.random) {
    this.#stations = Array.from({ length: stations }, (_, index) => new Station(index, random))
  }

  read(fromMs: number, toMs: number, stepMs: number): Reading[] {
    return this.#stations.map((station) => station.read(fromMs, toMs, stepMs))
  }
}

class Station {
  readonly #index: number
  readonly #random: () => number
  #volume = 0
  #waves = { count: 0, sum: 0, counts: [...WAVE_BOUNDS, Infinity].map(() => 0) }

  constructor(index: number, random: () => number) {
    this.#index = index
    this.#random = random
  }

  read(fromMs: number, toMs: number, stepMs: number): Reading {
    const levels: Timed<number>[] = []
    const volumes: Timed<number>[] = []
    for (let ms = fromMs; ms < toMs; ms += stepMs) {
      // A station's clock is not a whole millisecond: nanoseconds must survive the way.
      const timeNs = BigInt(ms) * NS_PER_MS + BigInt(this.#index) * 1000n
      const level = 3 + Math.sin(ms / 60_000 + this.#index) + 0.05 * this.#random()
      this.#volume += (level * stepMs) / 10
      this.#wave()
      levels.push({ timeNs, value: level })
      volumes.push({ timeNs, value: this.#volume })
    }
    const waves = { ...this.#waves, counts: [...this.#waves.counts] }
    const lastNs = levels.at(-1)?.timeNs ?? BigInt(fromMs) * NS_PER_MS
    const river = RIVERS[this.#index % RIVERS.length] ?? ''
    return { station: `station-${this.#index}`, river, levels, volumes, waves: { timeNs: lastNs, value: waves } }
  }

  #wave(): void {
    const height = -0.15 * Math.log(1 - this.#random())
    const bucket = WAVE_BOUNDS.findIndex((bound) => height <= bound)
    const index = bucket < 0 ? WAVE_BOUNDS.length : bucket
    this.#waves.counts[index] = (this.#waves.counts[index] ?? 0) + 1
    this.#waves.count += 1
    this.#waves.sum += height
  }
}
