import { createHash } from 'node:crypto'
import { symbolsOf } from './label-symbols.ts'
import { SYMBOLS } from './symbols.ts'
import type { Symbol2 } from './symbols.ts'

/** What remote write 2.0 says of a series besides its labels. */
export interface About {
  /** io.prometheus.write.v2.Metadata.MetricType; 0 when unknown. */
  readonly type: number
  /** As Prometheus has units: a word such as `seconds`, or empty. */
  readonly unit: string
}

export const UNKNOWN: About = { type: 0, unit: '' }

/** A Prometheus series: its labels as they stand in a write request, made once. */
export class Target {
  /** Encoded labels of prompb.TimeSeries, `__name__` among them. */
  readonly labels: Buffer
  /** Which request it has a place in, and which. Spares a map per request: a build is synchronous, so only one is under way. */
  request = 0
  slot = 0
  type: number
  unit: Symbol2 | null
  #symbols: readonly Symbol2[] | undefined

  constructor(labels: Buffer, about: About = UNKNOWN) {
    this.labels = labels
    this.type = about.type
    this.unit = about.unit === '' ? null : SYMBOLS.intern(about.unit)
  }

  /** Names and values of its labels, for remote write 2.0; made when they are first asked for. */
  get symbols(): readonly Symbol2[] {
    return (this.#symbols ??= symbolsOf(this.labels).symbols)
  }
}

/**
 * One Target per distinct labels, so that two source series which render to the same Prometheus series meet in the same object. Holds
 * them weakly: they live as long as a rendering uses them.
 */
export class TargetRegistry {
  readonly #targets = new Map<string, WeakRef<Target>>()
  readonly #gone = new FinalizationRegistry<string>((key) => {
    if (this.#targets.get(key)?.deref() === undefined) this.#targets.delete(key)
  })

  get size(): number {
    return this.#targets.size
  }

  /** What is known about the series: the last one to say so is right. */
  intern(labels: Buffer, about: About = UNKNOWN): Target {
    // A cryptographic hash, since equal keys are taken for equal labels.
    const key = createHash('sha256').update(labels).digest('base64')
    const known = this.#targets.get(key)?.deref()
    if (known !== undefined) {
      known.type = about.type
      known.unit = about.unit === '' ? null : SYMBOLS.intern(about.unit)
      return known
    }
    const target = new Target(labels, about)
    this.#targets.set(key, new WeakRef(target))
    this.#gone.register(target, key)
    return target
  }
}
