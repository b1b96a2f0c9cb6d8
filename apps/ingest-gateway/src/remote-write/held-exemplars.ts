import { isSmallExemplar, MAX_EXEMPLARS } from '../ingest/request-points.ts'
import type { RequestPoints } from '../ingest/request-points.ts'
import type { FreeExemplar, RemoteSeries } from './remote-series.ts'

/** Series; with the usual one exemplar each about 15 MB. */
const MAX_SERIES = 50_000

/**
 * Exemplars whose sample is not there. Prometheus sends them in a TimeSeries of their own, often in another request than the sample's, and
 * a batch has no place for an exemplar without a point: they are kept in memory until a sample of their series comes. When there are
 * too many, those that wait longest go.
 */
export class HeldExemplars {
  readonly #max: number
  readonly #held = new Map<RemoteSeries, FreeExemplar[]>()

  constructor(maxSeries = MAX_SERIES) {
    this.#max = maxSeries
  }

  get size(): number {
    return this.#held.size
  }

  /** Whether it is kept; a repeated one is kept once. */
  hold(series: RemoteSeries, exemplar: FreeExemplar): boolean {
    if (!isSmallExemplar(exemplar)) return false
    const held = this.#held.get(series) ?? []
    if (held.some(({ timeMs, value }) => timeMs === exemplar.timeMs && Object.is(value, exemplar.value))) return true
    if (held.length >= MAX_EXEMPLARS) return false
    held.push(exemplar)
    this.#held.set(series, held)
    series.holds = true
    if (this.#held.size > this.#max) this.#dropOldest()
    return true
  }

  /** Hands those of a series over to the point that was taken last. */
  release(series: RemoteSeries, points: RequestPoints): void {
    for (const exemplar of this.#held.get(series) ?? []) points.exemplar(exemplar)
    this.#held.delete(series)
    series.holds = false
  }

  #dropOldest(): void {
    const [oldest] = this.#held.keys()
    if (oldest === undefined) return
    this.#held.delete(oldest)
    oldest.holds = false
  }
}
