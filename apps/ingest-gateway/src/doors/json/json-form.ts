import type { JsonForm } from '../../metrics-json/index.ts'

const FORMS = new Map<string, JsonForm>([
  ['application/json', 'json'],
  ['application/x-ndjson', 'ndjson'],
  ['application/ndjson', 'ndjson'],
  ['application/jsonl', 'ndjson'],
])

/** Form of a Content-Type, parameters aside; undefined for anything else. */
export function jsonFormOf(contentType: string | undefined): JsonForm | undefined {
  return FORMS.get((contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '')
}
