import type { MetricKind, SeriesIdentity, Temporality } from '@pegel/contracts'
import type { TenantLimits } from '@pegel/tenancy'
import { labelGroup, labelSeries } from '../../ingest/labels.ts'
import type { GroupLabels, SeriesLabels } from '../../ingest/labels.ts'
import { SeriesArena } from '../../ingest/series-arena.ts'
import { readAttributes } from './attributes.ts'
import { ByteMap } from '../../wire/byte-map.ts'
import { readResource, readScope } from './group.ts'
import { KnownBodies } from './known-bodies.ts'
import { TemplateMemory } from './template-memory.ts'
import type { Range } from '../../wire/range.ts'
import type { WireReader } from '../../wire/wire-reader.ts'

/** Longer keys are decoded each time: they are rare, and a cache of them would be memory for whoever sends them. */
const MAX_KEY_BYTES = 4096

/** Kinds and units of one metric name that are kept: they are looked through one by one. */
const MAX_VARIANTS = 8

/** What names the series of a metric besides their attributes. */
export type MetricHead = Omit<SeriesIdentity, 'attributes' | 'name' | 'unit'>

export interface CachedGroup {
  /** False when it is made for this request alone; then what hangs from it is not kept either. */
  kept: boolean
  readonly labels: GroupLabels
  readonly metrics: ByteMap<CachedMetric[]>
}

export interface CachedMetric {
  kept: boolean
  readonly group: GroupLabels
  readonly name: string
  readonly unit: string
  readonly kind: MetricKind
  readonly temporality: Temporality
  readonly monotonic: boolean
  /** Owner of its series in the arena. */
  readonly owner: number
}

/**
 * Encoded labels by the raw bytes that a client sent for them, of one tenant under one set of limits. Clients send the same
 * bytes for a series in every request, so on the hot path no text is made and nothing is hashed but these bytes.
 */
export class LabelCache {
  readonly limits: TenantLimits
  #nodes = 0
  #metrics = 0
  readonly #series = new SeriesArena()
  readonly #resources = new ByteMap<ByteMap<CachedGroup>>()

  readonly bodies: KnownBodies

  constructor(limits: TenantLimits, memory = new TemplateMemory()) {
    this.limits = limits
    this.bodies = new KnownBodies(memory)
  }

  /** Groups, metrics and series that are kept. */
  get size(): number {
    return this.#nodes + this.#series.size
  }

  group(reader: WireReader, resource: Range, scope: Range): CachedGroup {
    const scopes = this.#scopes(reader, resource)
    const known = scopes?.get(reader, scope.from, scope.to)
    if (known !== undefined) return known
    const identity = { resource: readResource(reader, resource), scope: readScope(reader, scope) }
    const made = { kept: false, labels: labelGroup(this.limits, identity), metrics: new ByteMap<CachedMetric[]>() }
    made.kept = scopes !== undefined && this.#keep(scopes, reader, scope, made)
    return made
  }

  metric(reader: WireReader, group: CachedGroup, texts: { name: Range; unit: Range }, head: MetricHead): CachedMetric {
    const { name, unit } = texts
    const variants = group.metrics.get(reader, name.from, name.to) ?? []
    const unitText = unit.from === unit.to ? '' : reader.textAt(unit.from, unit.to)
    const known = variants.find(
      (each) =>
        each.kind === head.kind &&
        each.temporality === head.temporality &&
        each.monotonic === head.monotonic &&
        each.unit === unitText,
    )
    if (known !== undefined) return known
    const { kind, temporality, monotonic } = head
    const owner = ++this.#metrics
    const text = reader.textAt(name.from, name.to)
    const made = { kept: false, group: group.labels, name: text, unit: unitText, kind, temporality, monotonic, owner }
    if (!group.kept || !isShort(unit) || variants.length >= MAX_VARIANTS) return made
    if (variants.length === 0) made.kept = this.#keep(group.metrics, reader, name, [made])
    else {
      variants.push(made)
      this.#nodes += 1
      made.kept = true
    }
    return made
  }

  /** The range is that of the point's attributes, tags included. What it gives is what it gave last, with other contents. */
  series(reader: WireReader, metric: CachedMetric, from: number, to: number): SeriesLabels {
    const known = this.#series.find(reader, metric.owner, from, to)
    if (known !== undefined) return known
    const { name, unit, kind, temporality, monotonic, group, owner } = metric
    const attributes = readAttributes(reader, from, to)
    const made = labelSeries(this.limits, group, { name, unit, kind, temporality, monotonic, attributes })
    if (!metric.kept || to - from > MAX_KEY_BYTES) return made
    return this.#series.add(reader, { owner, from, to }, made) ?? made
  }

  /** As series(), if it is the one that came behind the last one found when they were added; undefined if not. */
  expected(reader: WireReader, metric: CachedMetric, from: number, to: number): SeriesLabels | undefined {
    return this.#series.findBehind(reader, metric.owner, from, to)
  }

  #scopes(reader: WireReader, resource: Range): ByteMap<CachedGroup> | undefined {
    const known = this.#resources.get(reader, resource.from, resource.to)
    if (known !== undefined) return known
    const made = new ByteMap<CachedGroup>()
    return this.#keep(this.#resources, reader, resource, made) ? made : undefined
  }

  #keep<V>(map: ByteMap<V>, reader: WireReader, at: Range, value: V): boolean {
    const kept = isShort(at) && map.add(reader, at.from, at.to, value)
    if (kept) this.#nodes += 1
    return kept
  }
}

function isShort({ from, to }: Range): boolean {
  return to - from <= MAX_KEY_BYTES
}
