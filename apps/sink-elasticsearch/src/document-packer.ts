import type { Exemplar } from '@pegel/contracts'
import { NamesTree } from './metric-names.ts'
import type { MetricNames, NamedMetric, NamesLayout } from './metric-names.ts'

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
  #current: OpenDocument | undefined

  constructor(record: number) {
    this.#record = record
  }

  /** Turns to the document of these dimensions, time and start time. */
  turnTo(dimensions: string, time: string, start: string): void {
    const guess = this.#current?.after
    const found =
      guess?.dimensions === dimensions && guess.time === time && guess.start === start
        ? guess
        : this.#document(dimensions, time, start)
    if (this.#current !== undefined) this.#current.after = found
    this.#current = found
  }

  /** Adds a point to the document it has turned to. False when that has one of this name already: the first one stays. */
  add(point: DocumentPoint): boolean {
    const document = this.#current
    if (document === undefined) throw new Error('a point has to have a document')
    const { name, template } = point
    const known = document.names.guess(name, template)
    if (known === undefined) {
      document.seen ??= new Set(document.points.map((each) => each.name))
      if (document.seen.has(name)) return false
    }
    document.seen?.add(name)
    document.names = known ?? document.names.step(point, tree.grown)
    document.points.push(point)
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
    const byName = order === undefined ? points : arranged(points, order)
    return { record: this.#record, dimensions, time, start, points: byName, layout }
  }

  #document(dimensions: string, time: string, start: string): OpenDocument {
    let byTime = this.#open.get(dimensions)
    if (byTime === undefined) this.#open.set(dimensions, (byTime = new Map<string, OpenDocument[]>()))
    let sameInstant = byTime.get(time)
    if (sameInstant === undefined) byTime.set(time, (sameInstant = []))
    let found = sameInstant.find((each) => each.start === start)
    if (found === undefined) {
      found = { dimensions, time, start, points: [], names: tree.root, seen: undefined, after: undefined }
      sameInstant.push(found)
    }
    return found
  }
}

function arranged(points: readonly DocumentPoint[], order: readonly number[]): DocumentPoint[] {
  const byName: DocumentPoint[] = []
  for (const index of order) {
    const point = points[index]
    if (point !== undefined) byName.push(point)
  }
  return byName
}
