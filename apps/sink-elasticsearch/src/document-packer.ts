import { hash } from 'node:crypto'
import type { Exemplar } from '@pegel/contracts'
import type { SeriesFields } from './series-fields.ts'

export interface DocumentPoint {
  /** Index in the record. */
  readonly point: number
  readonly name: string
  /** Its members of the document. */
  readonly json: string
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
}

interface PointInput {
  readonly point: number
  readonly json: string
  readonly time: string
  readonly start: string
  readonly exemplars?: readonly Exemplar[] | undefined
}

type OpenDocument = Omit<PackedDocument, 'points'> & { readonly points: Map<string, DocumentPoint> }

/** Gathers the documents of one record. */
export class DocumentPacker {
  readonly #record: number
  /** dimensions → time → one document per start time. */
  readonly #open = new Map<string, Map<string, OpenDocument[]>>()

  constructor(record: number) {
    this.#record = record
  }

  /** False when this series has a point at this time already: the first one stays. */
  add(fields: SeriesFields, { point, json, time, start, exemplars }: PointInput): boolean {
    const { points } = this.#document(fields.dimensions, time, start)
    if (points.has(fields.name)) return false
    points.set(fields.name, { point, name: fields.name, json, template: fields.template, exemplars })
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
          const points = [...open.points.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
          const key = sameInstant.length === 1 ? '' : namesHash(points)
          if (hashes.has(key)) collapsed += points.length
          else documents.push({ ...open, points })
          hashes.add(key)
        }
      }
    }
    return { documents, collapsed }
  }

  #document(dimensions: string, time: string, start: string): OpenDocument {
    let byTime = this.#open.get(dimensions)
    if (byTime === undefined) this.#open.set(dimensions, (byTime = new Map<string, OpenDocument[]>()))
    let sameInstant = byTime.get(time)
    if (sameInstant === undefined) byTime.set(time, (sameInstant = []))
    let found = sameInstant.find((each) => each.start === start)
    if (found === undefined) {
      found = { record: this.#record, dimensions, time, start, points: new Map() }
      sameInstant.push(found)
    }
    return found
  }
}

/**
 * Part of a document's key beside labels and time, as a dimension: documents of two source records with the same labels and time but other metrics
 * do not hide each other behind a 409, and those with the same metrics do. 132 bits of SHA-256.
 */
export function namesHash(points: readonly DocumentPoint[]): string {
  const names = JSON.stringify(points.map(({ name }) => name))
  let known = hashes.get(names)
  if (known === undefined) {
    if (hashes.size >= MAX_HASHES) hashes.clear()
    hashes.set(names, (known = hash('sha256', names, 'base64url').slice(0, 22)))
  }
  return known
}

/** The same metrics come together scrape after scrape; hashing is half the cost of a document. */
const hashes = new Map<string, string>()
const MAX_HASHES = 10_000
