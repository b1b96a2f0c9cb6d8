import { createHash } from 'node:crypto'

/** A Prometheus series: its labels as they stand in a write request, made once. */
export class Target {
  /** Encoded labels of prompb.TimeSeries, `__name__` among them. */
  readonly labels: Buffer
  /** Which request it has a place in, and which. Spares a map per request: a build is synchronous, so only one is under way. */
  request = 0
  slot = 0

  constructor(labels: Buffer) {
    this.labels = labels
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

  intern(labels: Buffer): Target {
    // A cryptographic hash, since equal keys are taken for equal labels.
    const key = createHash('sha256').update(labels).digest('base64')
    const known = this.#targets.get(key)?.deref()
    if (known !== undefined) return known
    const target = new Target(labels)
    this.#targets.set(key, new WeakRef(target))
    this.#gone.register(target, key)
    return target
  }
}
