import { hash } from 'node:crypto'
import { MAX_NUMBER_BYTES, writeDouble } from '@pegel/buffers'
import type { PackedDocument } from './document-packer.ts'
import { exemplarFields } from './exemplar-fields.ts'
import { layoutOf } from './metric-names.ts'
import type { NamesLayout } from './metric-names.ts'

/** `stream`: Elasticsearch makes the id of dimensions and time. `late`: a plain index, so the same id is made here. */
export type BulkTarget = 'stream' | 'late'

const MIN_BYTES = 64 * 1024

/** The body of a bulk request. Meant to be used again: texts and fresh megabytes for every request were half of what a request cost. */
export class BulkBody {
  #bytes: Buffer = Buffer.allocUnsafeSlow(MIN_BYTES)
  #view = viewOf(this.#bytes)
  #length = 0

  get length(): number {
    return this.#length
  }

  /** Valid until the next document is added. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length)
  }

  /** Back to what it was when it had so many bytes. */
  cut(length: number): void {
    this.#length = length
  }

  /** Two lines: the action and the document. */
  add(document: PackedDocument, target: BulkTarget): void {
    const { points, start } = document
    const layout = layoutFor(document)
    this.#text(actionOf(document, layout, target))
    this.#text(`{${keyOf(document, layout)}`)
    if (start !== '') this.#text(`,"start_timestamp":"${start}"`)
    for (const { json, value } of points) {
      this.#text(',')
      this.#text(json)
      if (value !== undefined) this.#number(value)
    }
    this.#text(`${exemplarFields(points)}}\n`)
  }

  /** A binary string (see json.ts). */
  #text(text: string): void {
    this.#makeRoom(text.length)
    this.#length += this.#bytes.write(text, this.#length, 'latin1')
  }

  /** Negative zero as a fraction: as a whole number it would lose its sign. */
  #number(value: number): void {
    if (Object.is(value, -0)) {
      this.#text('-0.0')
      return
    }
    this.#makeRoom(MAX_NUMBER_BYTES)
    this.#length = writeDouble(this.#view, this.#length, value)
  }

  #makeRoom(bytes: number): void {
    const needed = this.#length + bytes
    if (needed <= this.#bytes.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2))
    this.#bytes.copy(grown, 0, 0, this.#length)
    this.#bytes = grown
    this.#view = viewOf(grown)
  }
}

/** Of labels, metric names and time, as in a time series stream: 132 bits of SHA-256. */
export function lateId(document: PackedDocument): string {
  return hash('sha256', keyOf(document, layoutFor(document)), 'base64url').slice(0, 22)
}

function layoutFor({ layout, points }: PackedDocument): NamesLayout {
  return layout ?? layoutOf(points)
}

function actionOf(document: PackedDocument, { templates }: NamesLayout, target: BulkTarget): string {
  const action = [
    ...(target === 'late' ? [`"_id":"${lateId(document)}"`] : []),
    ...(templates === '' ? [] : [`"dynamic_templates":{${templates}}`]),
  ]
  return `{"create":{${action.join(',')}}}\n`
}

function keyOf({ dimensions, time }: PackedDocument, layout: NamesLayout): string {
  return `"@timestamp":"${time}","metric_names_hash":"${layout.hash}",${dimensions}`
}

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length)
}
