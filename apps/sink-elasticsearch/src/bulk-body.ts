import { hash } from 'node:crypto'
import { namesHash } from './document-packer.ts'
import type { PackedDocument } from './document-packer.ts'
import { exemplarFields } from './exemplar-fields.ts'

/** `stream`: Elasticsearch makes the id of dimensions and time. `late`: a plain index, so the same id is made here. */
export type BulkTarget = 'stream' | 'late'

/** Two lines of a bulk request, as a binary string (see json.ts). */
export function bulkLines(document: PackedDocument, target: BulkTarget): string {
  const source = sourceOf(document)
  const templates = document.points.flatMap(({ template }) => (template === undefined ? [] : [template]))
  const action = [
    ...(target === 'late' ? [`"_id":"${lateId(document)}"`] : []),
    ...(templates.length > 0 ? [`"dynamic_templates":{${templates.join(',')}}`] : []),
  ]
  return `{"create":{${action.join(',')}}}\n${source}\n`
}

/** Of labels, metric names and time, as in a time series stream: 132 bits of SHA-256. */
export function lateId(document: PackedDocument): string {
  return hash('sha256', keyOf(document), 'base64url').slice(0, 22)
}

function keyOf({ dimensions, points, time }: PackedDocument): string {
  return `"@timestamp":"${time}","metric_names_hash":"${namesHash(points)}",${dimensions}`
}

function sourceOf(document: PackedDocument): string {
  const start = document.start === '' ? '' : `,"start_timestamp":"${document.start}"`
  const { points } = document
  return `{${keyOf(document)}${start},${points.map(({ json }) => json).join(',')}${exemplarFields(points)}}`
}
