import { isUtf8 } from 'node:buffer'
import { messageOf } from '@pegel/errors'
import type { RequestPoints } from '../ingest/request-points.ts'
import { ItemDecoder } from './decode-item.ts'
import { jsonErrors } from './errors.ts'
import { JsonReport } from './json-report.ts'

/** `json`: one item or an array of them. `ndjson`: an item per line; a line that is no JSON is refused, its neighbours are not. */
export type JsonForm = 'json' | 'ndjson'

export interface JsonOptions {
  readonly form: JsonForm
  /** Of the credential: points that name another are refused. */
  readonly tenant: string
  /** Time of points that have none, ms since the epoch. */
  readonly receivedAtMs: number
}

/** @throws jsonErrors.malformed */
export function decodeMetricsJson(body: Buffer, points: RequestPoints, options: JsonOptions): JsonReport {
  if (!isUtf8(body)) throw jsonErrors.malformed({ problem: 'it is not UTF-8' })
  const report = new JsonReport()
  const decoder = new ItemDecoder(points, report, options)
  const text = body.toString('utf8').replace(/^\uFEFF/, '')
  if (options.form === 'ndjson') takeLines(text, decoder)
  else takeWhole(text, decoder)
  return report
}

function takeWhole(text: string, decoder: ItemDecoder): void {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    throw jsonErrors.malformed({ problem: messageOf(error).slice(0, 200) }, error)
  }
  const items: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed]
  for (const [index, item] of items.entries()) decoder.take(item, { index })
}

function takeLines(text: string, decoder: ItemDecoder): void {
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    let item: unknown
    try {
      item = JSON.parse(line)
    } catch (error) {
      decoder.malformed({ line: index + 1 }, messageOf(error).slice(0, 200))
      continue
    }
    decoder.take(item, { line: index + 1 })
  }
}
