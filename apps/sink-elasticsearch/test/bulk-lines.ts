import { BulkBody } from '../src/bulk-body.ts'
import type { BulkTarget } from '../src/bulk-body.ts'
import type { PackedDocument } from '../src/document-packer.ts'

/** Two lines of a bulk request. */
export function bulkLines(document: PackedDocument, target: BulkTarget): string {
  const body = new BulkBody()
  body.add(document, target)
  return body.bytes.toString()
}
