import { isUtf8 } from 'node:buffer'
import { messageOf } from '@pegel/errors'
import { linesOf } from '../wire/lines-of.ts'
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
  for (const [index, item] of items.entries()) {
    if (decoder.isOver) {
      decoder.refuseUnread({ index }, items.length - index)
      return
    }
    decoder.take(item, { index })
  }
}

function takeLines(text: string, decoder: ItemDecoder): void {
  let unread = 0
  let last = 0
  for (const { line, content } of linesOf(text)) {
    last = line
    if (decoder.isOver) unread += 1
    else takeLine(content, line, decoder)
  }
  if (unread > 0) decoder.refuseUnread({ line: last }, unread)
}

function takeLine(content: string, line: number, decoder: ItemDecoder): void {
  let item: unknown
  try {
    item = JSON.parse(content)
  } catch (error) {
    decoder.malformed({ line }, messageOf(error).slice(0, 200))
    return
  }
  decoder.take(item, { line })
}
