import { isUtf8 } from 'node:buffer'
import { BACKSLASH, COMMA, EQUALS } from './bytes.ts'

/** `measurement,tag=value,…` of a line, decoded. */
export interface SeriesKey {
  readonly measurement: string
  /** In the order of the line; no key comes twice. */
  readonly tags: ReadonlyMap<string, string>
}

/** What is wrong with a line, in words for whoever sent it. */
export class LineProblem extends Error {}

/**
 * Decodes the part of a line before its fields. A backslash escapes a comma, a space and, but for the measurement, an equals
 * sign; before anything else it is text.
 * @throws LineProblem
 */
export function decodeSeriesKey(bytes: Buffer, from: number, to: number): SeriesKey {
  if (!isUtf8(bytes.subarray(from, to))) throw new LineProblem('measurement or tags are not UTF-8')
  let end = nextUnescaped(bytes, from, to)
  while (end < to && bytes[end] === EQUALS) end = nextUnescaped(bytes, end + 1, to)
  const measurement = unescapeMeasurement(bytes.toString('utf8', from, end))
  if (measurement === '') throw new LineProblem('missing measurement')
  const tags = new Map<string, string>()
  for (let at = end; at < to;) {
    const equals = nextUnescaped(bytes, at + 1, to)
    if (bytes[equals] !== EQUALS || equals === to) throw new LineProblem('missing tag value')
    end = nextUnescaped(bytes, equals + 1, to)
    if (end < to && bytes[end] === EQUALS) throw new LineProblem('invalid tag format')
    addTag(
      tags,
      unescapeText(bytes.toString('utf8', at + 1, equals)),
      unescapeText(bytes.toString('utf8', equals + 1, end)),
    )
    at = end
  }
  return { measurement, tags }
}

function addTag(tags: Map<string, string>, key: string, value: string): void {
  if (key === '') throw new LineProblem('missing tag key')
  if (value === '') throw new LineProblem('missing tag value')
  if (tags.has(key)) throw new LineProblem(`duplicate tag ${key}`)
  tags.set(key, value)
}

/** Where the next comma or equals sign stands that is not escaped, or `to`. The byte before `from` is never a backslash. */
function nextUnescaped(bytes: Buffer, from: number, to: number): number {
  let at = from
  for (; at < to; at++) {
    const byte = bytes[at]
    if ((byte === COMMA || byte === EQUALS) && bytes[at - 1] !== BACKSLASH) break
  }
  return at
}

function unescapeMeasurement(text: string): string {
  return text.includes('\\') ? text.replace(/\\([, ])/g, '$1') : text
}

/** @throws LineProblem */
export function decodeFieldKey(bytes: Buffer, from: number, to: number): string {
  if (from === to) throw new LineProblem('missing field key')
  if (!isUtf8(bytes.subarray(from, to))) throw new LineProblem('a field key is not UTF-8')
  return unescapeText(bytes.toString('utf8', from, to))
}

/** Tag keys, tag values and field keys. */
function unescapeText(text: string): string {
  return text.includes('\\') ? text.replace(/\\([,= ])/g, '$1') : text
}
