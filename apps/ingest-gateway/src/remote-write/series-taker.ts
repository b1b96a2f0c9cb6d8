import { NO_RECORDED_VALUE } from '@pegel/contracts'
import type { SeriesLabels } from '../ingest/labels.ts'
import type { RequestPoints } from '../ingest/request-points.ts'
import type { WireReader } from '../wire/wire-reader.ts'
import { freeExemplar } from './exemplar.ts'
import type { SentExemplar } from './exemplar.ts'
import { readHistogram } from './histogram-message.ts'
import { nativePoint } from './native-histogram.ts'
import type { FreeExemplar, RemoteSeries } from './remote-series.ts'
import { SampleFields } from './sample.ts'
import type { SeriesKey, WriteCache } from './write-cache.ts'
import type { Written } from './written.ts'

interface SeriesTakerOptions {
  readonly points: RequestPoints
  readonly cache: WriteCache
  readonly written: Written
  /** Whether the protocol's samples and histograms have a start time: those of 2.0. In 1.0 the field is any unknown one. */
  readonly hasStarts: boolean
}

/** Puts the samples, histograms and exemplars of a request into its points and counts what was written. */
export class SeriesTaker {
  readonly #points: RequestPoints
  readonly #cache: WriteCache
  readonly #written: Written
  readonly #hasStarts: boolean
  readonly #sample = new SampleFields()
  /** Of this request, by series; a request that is refused as a whole leaves none behind. */
  readonly #exemplars = new Map<RemoteSeries, FreeExemplar[]>()

  constructor({ points, cache, written, hasStarts }: SeriesTakerOptions) {
    this.#points = points
    this.#cache = cache
    this.#written = written
    this.#hasStarts = hasStarts
    points.group(cache.group)
  }

  /** An exemplar of a series whose samples may come later in the request, or in another one. */
  exemplar(series: RemoteSeries, sent: SentExemplar): void {
    // Without a time receivers could not tell it from others: the specification wants one.
    if (sent.timeMs === 0) {
      this.#count(false)
      return
    }
    const exemplar = freeExemplar(sent)
    const others = this.#exemplars.get(series)
    if (others === undefined) this.#exemplars.set(series, [exemplar])
    else others.push(exemplar)
  }

  /** Whether a sample may find exemplars: only then its series needs to be known. */
  get hasExemplars(): boolean {
    return this.#exemplars.size > 0 || this.#cache.holding.series > 0
  }

  /** Reads a Sample, its length first. @param series undefined where it can have no exemplars */
  sample(reader: WireReader, series: RemoteSeries | undefined, labels: SeriesLabels): void {
    const sample = this.#sample
    sample.read(reader)
    this.#points.series(labels, this.#hasStarts ? sample.startMs : 0, 0)
    if (!this.#points.number(sample.timeMs, 0, sample.value, sample.flags)) return
    this.#written.samples += 1
    if (series !== undefined && (series.holds || this.#exemplars.size > 0)) this.#hang(series)
  }

  /** Reads a Histogram, its length first. */
  histogram(reader: WireReader, series: RemoteSeries, unit: string, key: SeriesKey): void {
    const message = readHistogram(reader)
    const native = nativePoint(message)
    const startMs = this.#hasStarts ? message.startMs : 0
    this.#points.series(this.#cache.labels(series, native.form, unit, key), startMs, 0)
    if ('problem' in native) {
      this.#points.refuse(native.problem)
      return
    }
    if (!this.#points.complex(message.timeMs, 0, native.point, message.isStale ? NO_RECORDED_VALUE : 0)) return
    this.#written.histograms += 1
    if (series.holds || this.#exemplars.size > 0) this.#hang(series)
  }

  refuse(...refusal: Parameters<RequestPoints['refuse']>): void {
    this.#points.refuse(...refusal)
  }

  /** Hangs the exemplars of a series on the point that was just taken. */
  #hang(series: RemoteSeries): void {
    if (series.holds) this.#cache.held.release(series, this.#points)
    const exemplars = this.#exemplars.get(series)
    if (exemplars === undefined) return
    this.#exemplars.delete(series)
    for (const exemplar of exemplars) this.#count(this.#points.exemplar(exemplar) || this.#hold(series, exemplar))
  }

  /** At the end of the request: what found no sample waits for one. */
  end(): void {
    for (const [series, exemplars] of this.#exemplars) {
      for (const exemplar of exemplars) this.#count(this.#hold(series, exemplar))
    }
  }

  #hold(series: RemoteSeries, exemplar: FreeExemplar): boolean {
    return this.#cache.held.hold(series, exemplar)
  }

  #count(written: boolean): void {
    if (written) this.#written.exemplars += 1
    else this.#written.refusedExemplars += 1
  }
}
