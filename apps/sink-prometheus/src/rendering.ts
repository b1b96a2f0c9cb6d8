import type { GroupIdentity, MetricKind, SeriesIdentity, Temporality } from '@pegel/contracts'
import { boundText } from './bound-text.ts'
import { encodeLabels } from './label-bytes.ts'
import { groupLabels, isFromPrometheus, seriesLabels } from './labels.ts'
import type { Labels } from './labels.ts'
import { metricName, nativeLabelName } from './metric-name.ts'
import type { About, Target, TargetRegistry } from './target.ts'
import { unitWords } from './unit-words.ts'

/** What may stand behind a histogram's or summary's name. */
export type Part = '' | '_sum' | '_count' | '_bucket'

/** Buckets and quantiles that one source series may have over time; a source that changes them for ever must not fill the memory. */
const MAX_BOUNDS = 1000

interface RenderingParts {
  readonly identity: SeriesIdentity
  readonly labels: Labels
  readonly name: string
  readonly registry: TargetRegistry
  readonly fromPrometheus: boolean
  readonly about: About
}

/** A source series as Prometheus knows it: one series for a number, several for a histogram or a summary. */
export class Rendering {
  readonly kind: MetricKind
  readonly temporality: Temporality
  readonly fromPrometheus: boolean
  /** It accumulates, so that its start means something. */
  readonly counts: boolean
  /** A number that needs nothing but its value. */
  readonly plain: boolean
  /** Its own series, for numbers and native histograms. */
  readonly main: Target
  readonly #name: string
  readonly #labels: Labels
  readonly #registry: TargetRegistry
  readonly #about: About
  readonly #parts = new Map<string, Target>()

  constructor({ identity, labels, name, registry, fromPrometheus, about }: RenderingParts) {
    this.kind = identity.kind
    this.fromPrometheus = fromPrometheus
    this.temporality = identity.temporality
    this.counts = identity.temporality === 'cumulative' || identity.kind === 'summary'
    this.plain = (identity.kind === 'gauge' || identity.kind === 'sum') && identity.temporality !== 'delta'
    this.#name = name
    this.#labels = labels
    this.#registry = registry
    this.#about = about
    this.main = registry.intern(encodeLabels(name, labels), about)
  }

  /** `name_sum`, `name_count`. */
  part(part: '_sum' | '_count'): Target {
    return this.#remember(part, () => encodeLabels(this.#name + part, this.#labels))
  }

  bucket(bound: number): Target {
    const le = boundText(bound)
    return this.#remember(`le ${le}`, () => encodeLabels(`${this.#name}_bucket`, this.#labels, ['le', le]))
  }

  quantile(quantile: number): Target {
    const text = boundText(quantile)
    return this.#remember(`q ${text}`, () => encodeLabels(this.#name, this.#labels, ['quantile', text]))
  }

  /** Every series made for it so far: a staleness marker ends them all. */
  parts(): Iterable<Target> {
    return this.#parts.values()
  }

  #remember(key: string, encode: () => Buffer): Target {
    const known = this.#parts.get(key)
    if (known !== undefined) return known
    const target = this.#registry.intern(encode(), this.#about)
    if (this.#parts.size >= MAX_BOUNDS) this.#parts.clear()
    this.#parts.set(key, target)
    return target
  }
}

export interface RenderOptions {
  readonly registry: TargetRegistry
  /** Whether the receiver takes any text for a name. */
  readonly utf8: boolean
}

/** Renders one source series of a tenant. */
export function render(
  tenant: string,
  { group, series }: { readonly group: GroupIdentity; readonly series: SeriesIdentity },
  { registry, utf8 }: RenderOptions,
): Rendering {
  const { name: scopeName, version: scopeVersion } = group.scope
  const fromPrometheus = isFromPrometheus(group)
  const native = fromPrometheus || (scopeName === '' && scopeVersion === '' && series.unit === '')
  const nameOf = fromPrometheus ? (key: string) => nativeLabelName(key, utf8) : undefined
  const labels = seriesLabels(tenant, groupLabels(group), series.attributes, nameOf)
  const name = metricName({ ...series, native, utf8: fromPrometheus && utf8 })
  return new Rendering({
    identity: series,
    labels,
    name,
    registry,
    fromPrometheus,
    about: aboutOf(series, fromPrometheus),
  })
}

/** io.prometheus.write.v2.Metadata.MetricType. */
const TYPE = { unknown: 0, counter: 1, gauge: 2, histogram: 3, gaugeHistogram: 4, summary: 5 } as const

function aboutOf(series: SeriesIdentity, fromPrometheus: boolean): About {
  return { type: typeOf(series, fromPrometheus), unit: fromPrometheus ? series.unit : unitText(series.unit) }
}

function typeOf({ kind, monotonic, temporality }: SeriesIdentity, fromPrometheus: boolean): number {
  switch (kind) {
    case 'gauge':
      // From Prometheus it may as well be something whose type was not said.
      return fromPrometheus ? TYPE.unknown : TYPE.gauge
    case 'sum':
      return monotonic ? TYPE.counter : TYPE.gauge
    case 'summary':
      return TYPE.summary
    case 'histogram':
    case 'exponential_histogram':
      return temporality === 'unspecified' ? TYPE.gaugeHistogram : TYPE.histogram
  }
}

function unitText(unit: string): string {
  const [main, per] = unitWords(unit)
  return per === '' ? main : `${main}_per_${per}`
}
