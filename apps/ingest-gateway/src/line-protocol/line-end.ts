import { BACKSLASH, COMMA, EQUALS, NEWLINE, QUOTE, SPACE } from './bytes.ts'

/** Where the next newline stands, or the end. */
export function newlineFrom(bytes: Buffer, from: number): number {
  const at = bytes.indexOf(NEWLINE, from)
  return at === -1 ? bytes.length : at
}

export function newlinesIn(bytes: Buffer, from: number, to: number): number {
  let count = 0
  for (let at = from; at < to; at++) if (bytes[at] === NEWLINE) count += 1
  return count
}

/**
 * Where a line ends that begins at `from` and cannot be read: at its first newline that stands in no quoted text, as InfluxDB's
 * scanner finds it, so that a bad line costs its neighbours nothing. Quotes count where a field's value can be.
 */
export function lineEnd(bytes: Buffer, from: number): number {
  let [quoted, fields] = [false, false]
  let [equals, commas] = [0, 0]
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === NEWLINE && !quoted) return at
    if (byte === BACKSLASH && bytes[at + 1] !== NEWLINE) at += 1
    else if (byte === SPACE) fields = true
    else if (!fields) continue
    else if (byte === QUOTE && equals > commas) quoted = !quoted
    else if (byte === EQUALS && !quoted) equals += 1
    else if (byte === COMMA && !quoted) commas += 1
  }
  return bytes.length
}
