import type { TenantLimits } from '@pegel/tenancy'
import { TenantCaches } from '../ingest/tenant-caches.ts'
import type { GroupLabels, SeriesLabels } from '../ingest/labels.ts'
import { SeriesArena } from '../ingest/series-arena.ts'
import { ByteMap } from '../wire/byte-map.ts'
import type { WireReader } from '../wire/wire-reader.ts'
import { UNKNOWN_TYPE } from './forms.ts'
import type { Form } from './forms.ts'
import { HeldExemplars } from './held-exemplars.ts'
import type { LabelSet } from './label-set.ts'
import { remoteGroup, remoteLabels, RemoteSeries } from './remote-series.ts'
import type { Holding, RemoteIdentity } from './remote-series.ts'

/** Longer keys are decoded each time: they are rare, and a cache of them would be memory for whoever sends them. */
const MAX_KEY_BYTES = 4096

/** Owner of the series in the arena: there is only one, since samples of remote write 1.0 have neither kind nor unit. */
const FLOATS = 1

/** A text of a request's symbol table. */
export interface KnownSymbol {
  /** The same for the same text as long as the cache lives. */
  readonly id: number
  readonly text: string
  readonly kept: boolean
}

/** What a series is looked up by: bytes that are the same for it in every request. One object for all series of a request. */
export interface SeriesKey {
  reader: Pick<WireReader, 'view'>
  from: number
  to: number
  /** False when the key will not come again. */
  lasting: boolean
  /** Reads the labels behind the key, when a series has to be made. */
  labels(): LabelSet
}

/**
 * What was made of a tenant's labels, under one set of limits, by the bytes that stood for them: in remote write 1.0 those of the labels, in
 * 2.0 the numbers of the symbols that they refer to, after each symbol has been numbered by its own bytes. A sender repeats them in
 * every request, so on the hot path no text is made. Samples of 1.0, which have one kind and no unit, lie in an arena; whatever else there is of
 * a series is found by an object of its own.
 */
export class WriteCache {
  readonly limits: TenantLimits
  readonly group: GroupLabels
  readonly held: HeldExemplars
  /** Of its series. */
  readonly holding: Holding = { series: 0 }
  #nodes = 0
  readonly #floats = new SeriesArena()
  readonly #series = new ByteMap<RemoteSeries>()
  readonly #symbols = new ByteMap<KnownSymbol>()
  #symbolIds = 0

  constructor(limits: TenantLimits, held: HeldExemplars = new HeldExemplars()) {
    this.limits = limits
    this.held = held
    this.group = remoteGroup(limits)
  }

  /** Series, their variants, and symbols that are kept. */
  get size(): number {
    return this.#nodes + this.#floats.size
  }

  /** What samples of remote write 1.0 have of their labels. What it gives is what it gave last, with other contents. */
  floats(key: SeriesKey): SeriesLabels {
    return this.#floats.find(key.reader, FLOATS, key.from, key.to) ?? this.#makeFloats(key)
  }

  #makeFloats(key: SeriesKey): SeriesLabels {
    const { reader, from, to, lasting } = key
    const made = remoteLabels(this.limits, this.group, { form: UNKNOWN_TYPE, unit: '', labels: key.labels() })
    if (!lasting || to - from > MAX_KEY_BYTES) return made
    return this.#floats.add(reader, { owner: FLOATS, from, to }, made) ?? made
  }

  series(key: SeriesKey): RemoteSeries {
    return this.find(key) ?? this.#add(key)
  }

  find({ reader, from, to }: SeriesKey): RemoteSeries | undefined {
    return this.#series.get(reader, from, to)
  }

  #add({ reader, from, to, lasting }: SeriesKey): RemoteSeries {
    const made = new RemoteSeries(this.holding)
    if (lasting && to - from <= MAX_KEY_BYTES && this.#series.add(reader, from, to, made)) this.#nodes += 1
    return made
  }

  /** @param unit of the metadata; empty when there is none */
  labels(series: RemoteSeries, form: Form, unit: string, key: SeriesKey): SeriesLabels {
    return series.find(form, unit) ?? this.#make(series, { form, unit, labels: key.labels() })
  }

  #make(series: RemoteSeries, identity: RemoteIdentity): SeriesLabels {
    const { form, unit } = identity
    const labels = remoteLabels(this.limits, this.group, identity)
    if (series.add({ form, unit, labels })) this.#nodes += 1
    return labels
  }

  symbol(reader: WireReader, from: number, to: number): KnownSymbol {
    const known = this.#symbols.get(reader, from, to)
    if (known !== undefined) return known
    const made = { id: this.#symbolIds++, text: reader.textAt(from, to), kept: false }
    made.kept = to - from <= MAX_KEY_BYTES && this.#symbols.add(reader, from, to, made)
    if (made.kept) this.#nodes += 1
    return made
  }
}

/** The caches of all tenants, bounded together. */
export class WriteCaches extends TenantCaches<WriteCache> {
  /** @param maxSize series, variants and symbols of all tenants */
  constructor(maxSize: number) {
    const held = new HeldExemplars()
    super(maxSize, (limits) => new WriteCache(limits, held))
  }
}
