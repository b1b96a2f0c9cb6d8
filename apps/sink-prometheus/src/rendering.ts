import type { GroupIdentity, MetricKind, SeriesIdentity, Temporality } from '@pegel/contracts'
import { boundText } from './bound-text.ts'
import { encodeLabels } from './label-bytes.ts'
import { groupLabels, seriesLabels } from './labels.ts'
import type { Labels } from './labels.ts'
import { metricName } from './metric-name.ts'
import type { Target, TargetRegistry } from './target.ts'

/** What may stand behind a histogram's or summary's name. */
export type Part = '' | '_sum' | '_count' | '_bucket'

/** Buckets and quantiles that one source series may have over time; a source that changes them for ever must not fill the memory. */
const MAX_BOUNDS = 1000

/** A source series as Prometheus knows it: one series for a number, several for a histogram or a summary. */
export class Rendering {
  readonly kind: MetricKind
  readonly temporality: Temporality
  /** A number that needs nothing but its value. */
  readonly plain: boolean
  /** Its own series, for numbers and native histograms. */
  readonly main: Target
  readonly #name: string
  readonly #labels: Labels
  readonly #registry: TargetRegistry
  readonly #parts = new Map<string, Target>()

  constructor(identity: SeriesIdentity, labels: Labels, name: string, registry: TargetRegistry) {
    this.kind = identity.kind
    this.temporality = identity.temporality
    this.plain = (identity.kind === 'gauge' || identity.kind === 'sum') && identity.temporality !== 'delta'
    this.#name = name
    this.#labels = labels
    this.#registry = registry
    this.main = registry.intern(encodeLabels(name, labels))
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
    const target = this.#registry.intern(encode())
    if (this.#parts.size >= MAX_BOUNDS) this.#parts.clear()
    this.#parts.set(key, target)
    return target
  }
}

/** Renders one source series of a tenant. */
export function render(
  tenant: string,
  { group, series }: { readonly group: GroupIdentity; readonly series: SeriesIdentity },
  registry: TargetRegistry,
): Rendering {
  const { name: scopeName, version: scopeVersion } = group.scope
  const native = scopeName === '' && scopeVersion === '' && series.unit === ''
  const labels = seriesLabels(tenant, groupLabels(group), series.attributes)
  return new Rendering(series, labels, metricName({ ...series, native }), registry)
}
