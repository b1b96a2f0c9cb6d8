import type { Exemplar } from '@pegel/contracts'
import { NamesTree } from './metric-names.ts'
import type { MetricNames, NamedMetric, NamesLayout } from './metric-names.ts'
import type { SeriesFields } from './series-fields.ts'

export interface DocumentPoint extends NamedMetric {
  /** Index in the record. */
  readonly point: number
  readonly name: string
  /** Its members of the document; of a plain number what stands before it. */
  readonly json: string
  /** A plain number, finite. */
  readonly value?: number | undefined
  /** `"metrics.<name>":"counter"` for the bulk action, when it is one. */
  readonly template: string | undefined
  readonly exemplars?: readonly Exemplar[] | undefined
}

/** Points of one record that share labels, kind, temporality, unit, time and start time. */
export interface PackedDocument {
  /** Index of the record in its batch. */
  readonly record: number
  readonly dimensions: string
  /** ISO 8601 with nanoseconds. */
  readonly time: string
  /** Start of accumulation; empty when unknown. */
  readonly start: string
  /** By metric name, which occurs once. */
  readonly points: readonly DocumentPoint[]
  /** Of these points, where it is known. */
  readonly layout?: NamesLayout | undefined
}

interface PointInput {
  readonly point: number
  readonly json: string
  readonly value: number | undefined
  readonly time: string
  readonly start: string
  readonly exemplars?: readonly Exemplar[] | undefined
}

interface OpenDocument {
  readonly dimensions: string
  readonly time: string
  readonly start: string
  readonly points: DocumentPoint[]
  names: MetricNames
  /** Names of its points, once a metric came that did not follow the one before it last time. */
  seen: Set<string> | undefined
  /** What came after it in this record last: series of a metric follow each other, metric after metric. */
  after: OpenDocument | undefined
}

const tree = new NamesTree()

/** Gathers the documents of one record. */
export class DocumentPacker {
  readonly #record: number
  /** dimensions → time → one document per start time. */
  readonly #open = new Map<string, Map<string, OpenDocument[]>>()
  #last: OpenDocument | undefined

  constructor(record: number) {
    this.#record = record
  }

  /** False when this series has a point at this time already: the first one stays. */
  add(
    { dimensions, name, template }: SeriesFields,
    { point, json, value, time, start, exemplars }: PointInput,
  ): boolean {
    const document = this.#document(dimensions, time, start)
    const known = document.names.guess(name, template)
    if (known === undefined) {
      document.seen ??= new Set(document.points.map((each) => each.name))
      if (document.seen.has(name)) return false
    }
    document.seen?.add(name)
    document.names = known ?? document.names.step({ name, template }, tree.grown)
    document.points.push({ point, name, json, value, template, exemplars })
    return true
  }

  /** `collapsed` counts the points of documents that would have had the key of another: they differ in start time alone. */
  finish(): { readonly documents: PackedDocument[]; readonly collapsed: number } {
    const documents: PackedDocument[] = []
    let collapsed = 0
    for (const byTime of this.#open.values()) {
      for (const sameInstant of byTime.values()) {
        const hashes = new Set<string>()
        for (const open of sameInstant) {
          const { layout } = open.names
          if (hashes.has(layout.hash)) collapsed += open.points.length
          else documents.push(this.#packed(open, layout))
          if (sameInstant.length > 1) hashes.add(layout.hash)
        }
      }
    }
    return { documents, collapsed }
  }

  #packed({ dimensions, time, start, points }: OpenDocument, layout: NamesLayout): PackedDocument {
    const { order } = layout
    const byName = order === undefined ? points : order.flatMap((index) => points[index] ?? [])
    return { record: this.#record, dimensions, time, start, points: byName, layout }
  }

  #document(dimensions: string, time: string, start: string): OpenDocument {
    const guess = this.#last?.after
    if (guess?.dimensions === dimensions && guess.time === time && guess.start === start) {
      this.#last = guess
      return guess
    }
    let byTime = this.#open.get(dimensions)
    if (byTime === undefined) this.#open.set(dimensions, (byTime = new Map<string, OpenDocument[]>()))
    let sameInstant = byTime.get(time)
    if (sameInstant === undefined) byTime.set(time, (sameInstant = []))
    let found = sameInstant.find((each) => each.start === start)
    if (found === undefined) {
      found = { dimensions, time, start, points: [], names: tree.root, seen: undefined, after: undefined }
      sameInstant.push(found)
    }
    if (this.#last !== undefined) this.#last.after = found
    this.#last = found
    return found
  }
}
