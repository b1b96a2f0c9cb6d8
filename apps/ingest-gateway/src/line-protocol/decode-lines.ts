import type { RequestPoints } from '../ingest/request-points.ts'
import type { GroupLabels } from '../ingest/labels.ts'
import { BACKSLASH, COMMA, EQUALS, HASH, NEWLINE, QUOTE, RETURN, SPACE, TAB } from './bytes.ts'
import { fieldValue } from './field-value.ts'
import type { CachedField, CachedKey, LineBytes, LineCache } from './line-cache.ts'
import { lineEnd, newlineFrom, newlinesIn } from './line-end.ts'
import { LineReport } from './line-report.ts'
import { LineProblem } from './series-key.ts'
import { Timestamp } from './timestamp.ts'
import type { Precision } from './timestamp.ts'

export interface LineOptions {
  readonly cache: LineCache
  readonly precision: Precision
  /** Time of lines that have none, ms since the epoch. */
  readonly receivedAtMs: number
}

/**
 * Decodes line protocol (InfluxDB 2.7) straight into encoded points. A line that cannot be read is refused as a whole and
 * counts as one point; its neighbours are taken.
 */
export function decodeLines(body: Buffer, points: RequestPoints, options: LineOptions): LineReport {
  const decoder = new LineDecoder(body, points, options)
  decoder.run()
  return decoder.report
}

/** So many bad lines are told apart from good ones; what has more is no line protocol, and to find that out of each costs others their time. */
export const MAX_MALFORMED = 1000

/** Hot: one of these per request, whose fields and scratch arrays are used again for each line. */
class LineDecoder {
  readonly report = new LineReport()
  readonly #body: LineBytes
  readonly #points: RequestPoints
  readonly #cache: LineCache
  readonly #receivedAtMs: number
  readonly #time: Timestamp
  /** Number fields of the line at hand. */
  readonly #fields: CachedField[] = []
  readonly #values: number[] = []
  #texts = 0
  #pos = 0
  #line = 1
  #malformed = 0
  #group: GroupLabels | undefined

  constructor(bytes: Buffer, points: RequestPoints, { cache, precision, receivedAtMs }: LineOptions) {
    this.#body = { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) }
    this.#points = points
    this.#cache = cache
    this.#receivedAtMs = receivedAtMs
    this.#time = new Timestamp(precision)
  }

  run(): void {
    const { bytes } = this.#body
    while (this.#pos < bytes.length) {
      const byte = bytes[this.#pos]
      if (byte === NEWLINE) {
        this.#line += 1
        this.#pos += 1
      } else if (byte === SPACE || byte === TAB || byte === RETURN || byte === 0) this.#pos += 1
      else if (byte === HASH) this.#pos = newlineFrom(bytes, this.#pos)
      else if (this.#malformed >= MAX_MALFORMED || this.#points.isFull) this.#refuseRest()
      else this.#take(this.#pos)
    }
  }

  /** Lines that are not looked at, each as one point. */
  #refuseRest(): void {
    const { bytes } = this.#body
    let unread = 0
    while (this.#pos < bytes.length) {
      const end = newlineFrom(bytes, this.#pos)
      if (end > this.#pos && bytes[this.#pos] !== HASH) unread += 1
      this.#pos = end + 1
    }
    const reason = this.#points.isFull ? 'max_points_per_request' : 'line_malformed'
    this.#points.refuse(reason, unread)
    this.report.refuse({ line: this.#line, reason }, unread)
  }

  /** Reads one line and tells its points, then stands on the newline behind it. */
  #take(from: number): void {
    const line = this.#line
    try {
      this.#read()
    } catch (error) {
      if (!(error instanceof LineProblem)) throw error
      this.#malformed += 1
      this.#points.refuse('line_malformed')
      this.report.refuse({ line, reason: 'line_malformed', problem: error.message })
      const { bytes } = this.#body
      this.#pos = lineEnd(bytes, from)
      this.#line = line + newlinesIn(bytes, from, this.#pos)
      return
    }
    this.#tell(line)
  }

  #read(): void {
    const { bytes } = this.#body
    this.#fields.length = 0
    this.#values.length = 0
    this.#texts = 0
    const keyEnd = keyEndOf(bytes, this.#pos)
    const key = this.#cache.key(this.#body, this.#pos, keyEnd)
    this.#pos = keyEnd
    this.#blanks()
    do this.#field(key)
    while (this.#comma())
    this.#blanks()
    this.#timestamp()
  }

  /** Reads `key=value` and stands behind it. */
  #field(key: CachedKey): void {
    const { bytes } = this.#body
    const from = this.#pos
    const equals = equalsFrom(bytes, from)
    if (bytes[equals + 1] === QUOTE) {
      if (from === equals) throw new LineProblem('missing field key')
      this.#pos = this.#textEnd(equals + 2)
      this.#texts += 1
      return
    }
    const to = valueEnd(bytes, equals + 1)
    if (to === equals + 1) throw new LineProblem('missing field value')
    const value = fieldValue(bytes, equals + 1, to)
    if (Number.isNaN(value)) throw new LineProblem(`invalid field value ${quote(bytes, equals + 1, to)}`)
    this.#fields.push(this.#cache.field(this.#body, key, from, equals))
    this.#values.push(value)
    this.#pos = to
  }

  /** Behind the closing quote of a text that begins at `from`. Newlines within it are text, but they count. */
  #textEnd(from: number): number {
    const { bytes } = this.#body
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at]
      if (byte === QUOTE) return at + 1
      if (byte === BACKSLASH && (bytes[at + 1] === QUOTE || bytes[at + 1] === BACKSLASH)) at += 1
      else if (byte === NEWLINE) this.#line += 1
    }
    throw new LineProblem('unbalanced quotes')
  }

  #timestamp(): void {
    const { bytes } = this.#body
    const from = this.#pos
    let to = from
    while (to < bytes.length && !isBlankOrEnd(bytes[to])) to += 1
    if (from === to) {
      this.#time.ms = this.#receivedAtMs
      this.#time.ns = 0
    } else if (!this.#time.read(bytes, from, to)) throw new LineProblem(`bad timestamp ${quote(bytes, from, to)}`)
    this.#pos = to
    this.#blanks()
    if (this.#pos < bytes.length && bytes[this.#pos] !== NEWLINE)
      throw new LineProblem('something follows the timestamp')
  }

  #tell(line: number): void {
    const points = this.#points
    let taken = 0
    for (let index = 0; index < this.#fields.length; index++) {
      const field = this.#fields[index]
      if (field === undefined) continue
      const { group, series } = field
      if (group !== this.#group) {
        points.group(group)
        this.#group = group
      }
      points.series(series, 0, 0)
      if (points.number(this.#time.ms, this.#time.ns, this.#values[index] ?? NaN, 0)) taken += 1
    }
    if (taken < this.#fields.length) this.report.refuse({ line, reason: points.lastRefusal ?? 'line_malformed' })
    else if (taken === 0) this.report.refuse({ line, reason: 'string_field' })
    else this.report.textFields += this.#texts
    if (this.#texts > 0) points.refuse('string_field', this.#texts)
  }

  #comma(): boolean {
    if (this.#body.bytes[this.#pos] !== COMMA) return false
    this.#pos += 1
    return true
  }

  #blanks(): void {
    const { bytes } = this.#body
    let byte = bytes[this.#pos]
    while (byte === SPACE || byte === TAB || byte === RETURN) byte = bytes[++this.#pos]
  }
}

/** Where measurement and tags end that begin at `from`: at the first space that is not escaped. */
function keyEndOf(bytes: Buffer, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === SPACE && bytes[at - 1] !== BACKSLASH) return at
    if (byte === NEWLINE) break
  }
  throw new LineProblem('missing fields')
}

/** Where the equals sign of a field stands that begins at `from`. */
function equalsFrom(bytes: Buffer, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === NEWLINE) break
    if (at > from && bytes[at - 1] === BACKSLASH) continue
    if (byte === EQUALS) return at
    if (byte === COMMA || byte === SPACE) break
  }
  throw new LineProblem(from < bytes.length && !isBlankOrEnd(bytes[from]) ? 'missing field value' : 'missing fields')
}

/** Where a value without quotes ends that begins at `from`. */
function valueEnd(bytes: Buffer, from: number): number {
  let at = from
  while (at < bytes.length && bytes[at] !== COMMA && !isBlankOrEnd(bytes[at])) at += 1
  return at
}

function isBlankOrEnd(byte: number | undefined): boolean {
  return byte === SPACE || byte === NEWLINE || byte === RETURN || byte === TAB
}

/** A piece of the body for a message, as little as helps. */
function quote(bytes: Buffer, from: number, to: number): string {
  return JSON.stringify(bytes.toString('utf8', from, Math.min(to, from + 32)))
}
