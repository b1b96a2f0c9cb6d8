import { isFieldLimit } from './classify.ts'
import type { DocumentPoint, PackedDocument } from './document-packer.ts'
import type { ElasticsearchClient } from './elasticsearch.client.ts'
import type { SeriesFields } from './series-fields.ts'
import { mappingOf } from './templates.ts'

/** What came with a write: its documents, and the series among them that were not known before. */
export interface NewSeries {
  readonly documents: readonly PackedDocument[]
  readonly series: ReadonlySet<SeriesFields>
}

/**
 * Makes the fields of metrics and labels that come for the first time, many in one request. Elasticsearch makes them as well when a document brings them, but
 * one document after the other: a thousand that bring a new name each cost it a thousand changes of the cluster's state, most of a minute in which all others
 * wait. What cannot be made here, lists among it, is left to the documents.
 */
export class NewFields {
  readonly #client: Pick<ElasticsearchClient, 'addFields'>
  readonly #streams = new Map<string, StreamFields>()

  constructor(client: Pick<ElasticsearchClient, 'addFields'>) {
    this.#client = client
  }

  async make(stream: string, found: NewSeries, signal: AbortSignal): Promise<void> {
    let fields = this.#streams.get(stream)
    if (fields === undefined) this.#streams.set(stream, (fields = new StreamFields()))
    fields.note(found)
    const missing = fields.take()
    if (missing.length < MIN_FIELDS) return
    try {
      await this.#add(stream, missing, signal)
    } catch {
      // The stream is not there yet, or the write that follows meets the same trouble and says so.
      fields.putBack(missing)
    }
  }

  /** By halves, so that one that is refused keeps few others back. False when the stream takes no more. */
  async #add(stream: string, fields: readonly Field[], signal: AbortSignal): Promise<boolean> {
    const refusal = await this.#client.addFields(stream, Object.fromEntries(fields), signal)
    if (refusal === undefined) return true
    if (fields.length < 2 * MIN_FIELDS) return !isFieldLimit(refusal)
    const middle = fields.length >>> 1
    return (await this.#add(stream, fields.slice(0, middle), signal)) && this.#add(stream, fields.slice(middle), signal)
  }
}

type Field = readonly [name: string, mapping: object]

/** Of one stream. */
class StreamFields {
  /** Labels, and metrics by kind, that were seen before. */
  readonly #seen = new Set<string>()
  readonly #missing = new Map<string, object>()

  note({ documents, series }: NewSeries): void {
    if (series.size === 0) return
    if (this.#seen.size > MAX_SEEN) this.#seen.clear()
    const names = new Set<string>()
    const dimensions = new Set<string>()
    for (const each of series) {
      names.add(each.name)
      dimensions.add(each.dimensions)
    }
    for (const each of dimensions) this.#noteLabels(each)
    for (const { points } of documents) for (const point of points) if (names.has(point.name)) this.#noteMetric(point)
  }

  take(): Field[] {
    const fields = [...this.#missing]
    this.#missing.clear()
    return fields
  }

  putBack(fields: readonly Field[]): void {
    for (const [field, mapping] of fields) if (this.#missing.size < MAX_MISSING) this.#missing.set(field, mapping)
  }

  #noteLabels(dimensions: string): void {
    for (const field of fieldsIn(dimensions)) if (this.#isNew(field)) this.#miss(field, false)
  }

  #noteMetric({ name, json, value, template }: DocumentPoint): void {
    const simple = value !== undefined
    if (!this.#isNew(simple ? json : `fields of ${name}`)) return
    const counters = template === undefined ? [] : fieldsIn(template)
    for (const field of fieldsIn(simple ? `${json}0` : json)) {
      this.#miss(field, counters.includes(field))
    }
  }

  #miss(field: string, counter: boolean): void {
    const mapping = mappingOf(field, counter)
    if (mapping !== undefined) this.#missing.set(field, mapping)
  }

  #isNew(key: string): boolean {
    if (this.#seen.has(key)) return false
    this.#seen.add(key)
    return true
  }
}

/** @param members of an object, as a binary string (see json.ts) */
function fieldsIn(members: string): string[] {
  return Object.keys(JSON.parse(`{${Buffer.from(members, 'latin1').toString()}}`) as object)
}

/** Fewer are no trouble for Elasticsearch. */
const MIN_FIELDS = 16
/** Some megabytes. */
const MAX_SEEN = 50_000
const MAX_MISSING = 10_000
