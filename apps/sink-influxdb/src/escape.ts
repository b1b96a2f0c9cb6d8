/**
 * Text in InfluxDB's line protocol. What the format cannot hold is written in the nearest form that it can:
 * control characters as `\n`, `\t`, `\u0001`; a backslash right before a comma, an equals sign, a space or the end as a
 * slash, because the format cannot tell it from an escape, and InfluxDB's scanner would take the next delimiter for text.
 */
export function plainText(text: string): string {
  return text.replace(CONTROL, escapeControl).replace(AMBIGUOUS_BACKSLASHES, (run) => '/'.repeat(run.length))
}

/** Tag keys, tag values and field keys. */
export function escapeTag(text: string): string {
  return plainText(text).replace(/[,= ]/g, String.raw`\$&`)
}

/** A leading # would make the line a comment, which InfluxDB drops without a word. */
export function escapeMeasurement(text: string): string {
  const escaped = plainText(text).replace(/[, ]/g, String.raw`\$&`)
  return escaped.startsWith('#') ? `\\${escaped}` : escaped
}

/** A double quoted string field. */
export function quoteField(text: string): string {
  return `"${text.replace(/["\\]/g, String.raw`\$&`)}"`
}

// eslint's no-control-regex is about typing errors; \p{Cc} is the same set by name: U+0000-001F and U+007F-009F.
const CONTROL = /\p{Cc}/gu
const AMBIGUOUS_BACKSLASHES = /\\+(?=[,= ]|$)/g
const NAMED = new Map([
  ['\n', String.raw`\n`],
  ['\r', String.raw`\r`],
  ['\t', String.raw`\t`],
])

function escapeControl(char: string): string {
  return NAMED.get(char) ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
}
