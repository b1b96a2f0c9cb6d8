import type { GroupIdentity } from '@pegel/contracts'
import type { TenantLimits } from '@pegel/tenancy'
import { labelGroup, labelSeries } from '../ingest/labels.ts'
import type { GroupLabels, SeriesLabels } from '../ingest/labels.ts'
import { TenantCaches } from '../ingest/tenant-caches.ts'
import { ByteMap } from '../wire/byte-map.ts'
import { fieldSeries, keyParts } from './field-series.ts'
import type { KeyParts } from './field-series.ts'
import { decodeFieldKey, decodeSeriesKey } from './series-key.ts'

/** Longer keys are decoded each time: they are rare, and a cache of them would be memory for whoever sends them. */
const MAX_KEY_BYTES = 4096

/** The body of a request. */
export interface LineBytes {
  readonly bytes: Buffer
  readonly view: DataView
}

/** A field of a series key, ready to be written. */
export interface CachedField {
  readonly group: GroupLabels
  readonly series: SeriesLabels
}

export interface CachedKey {
  kept: boolean
  readonly parts: KeyParts
  readonly plain: GroupLabels
  readonly marked: GroupLabels
  readonly fields: ByteMap<CachedField>
}

/**
 * Encoded labels by the raw bytes `measurement,tags` and, below them, of the field's name, of one tenant under one set of
 * limits. Writers send the same bytes for a series in every request, so on the hot path no text is made.
 */
export class LineCache {
  readonly limits: TenantLimits
  /** Keys, groups and fields that are kept. */
  size = 0
  readonly #keys = new ByteMap<CachedKey>()
  readonly #groups = new Map<string, GroupLabels>()

  constructor(limits: TenantLimits) {
    this.limits = limits
  }

  /** @throws LineProblem */
  key(reader: LineBytes, from: number, to: number): CachedKey {
    const known = this.#keys.get(reader, from, to)
    if (known !== undefined) return known
    const parts = keyParts(decodeSeriesKey(reader.bytes, from, to))
    const [plain, marked] = [this.#group(parts.plain), this.#group(parts.marked)]
    const made = { kept: false, parts, plain, marked, fields: new ByteMap<CachedField>() }
    made.kept = this.#keep(this.#keys, reader, { from, to }, made)
    return made
  }

  /** @throws LineProblem */
  field(reader: LineBytes, key: CachedKey, from: number, to: number): CachedField {
    const known = key.fields.get(reader, from, to)
    if (known !== undefined) return known
    const { marked, identity } = fieldSeries(key.parts, decodeFieldKey(reader.bytes, from, to))
    const group = marked ? key.marked : key.plain
    const made = { group, series: labelSeries(this.limits, group, identity) }
    if (key.kept) this.#keep(key.fields, reader, { from, to }, made)
    return made
  }

  /** One object for all keys that share a group, so that the points of many lines stand under one group of a batch. */
  #group(identity: GroupIdentity): GroupLabels {
    const { name, version, attributes } = identity.scope
    const key = JSON.stringify([name, version, attributes[0]?.value])
    const known = this.#groups.get(key)
    if (known !== undefined) return known
    const made = labelGroup(this.limits, identity)
    if (key.length > MAX_KEY_BYTES) return made
    this.#groups.set(key, made)
    this.size += 1
    return made
  }

  #keep<V>(map: ByteMap<V>, reader: LineBytes, at: { readonly from: number; readonly to: number }, value: V): boolean {
    const kept = at.to - at.from <= MAX_KEY_BYTES && map.add(reader, at.from, at.to, value)
    if (kept) this.size += 1
    return kept
  }
}

/** The caches of all tenants, bounded together. */
export class LineCaches extends TenantCaches<LineCache> {
  constructor(maxSize: number) {
    super(maxSize, (limits) => new LineCache(limits))
  }
}
