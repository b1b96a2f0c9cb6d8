/** A line as the oracle reads it. */
export interface OracleLine {
  readonly measurement: string
  readonly tags: ReadonlyMap<string, string>
  readonly fields: readonly (readonly [key: string, value: number])[]
  readonly time: bigint | undefined
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const WHOLE = /^([+-]?\d+)([iu])$/
const LIMITS = { i: [-(2n ** 63n), 2n ** 63n - 1n], u: [0n, 2n ** 64n - 1n] } as const
/** A field: what is no delimiter, or stands behind a backslash; then a value up to a comma or a blank. */
const FIELD = /((?:[^,= ]|(?<=\\)[,= ])+)(?<!\\)=([^,\s]+)(,?)/y
const REST = /^(?:[ \t\r]+(-?\d{1,19}))?[ \t\r]*$/

/**
 * Line protocol as InfluxDB's reference describes it, written the other way round from the decoder: text, split where a
 * delimiter has no backslash before it. Slow and short; knows no quotes. Undefined for a line that is none.
 */
export function readLine(text: string): OracleLine | undefined {
  const [, key = '', rest = ''] = /^[ \t\r]*(.*?)(?<!\\) [ \t\r]*(.*)$/su.exec(text) ?? []
  const [measurement = '', ...pairs] = key.split(/(?<!\\),/)
  const tags = pairs.map((pair) => pair.split(/(?<!\\)=/).map(unescape))
  if (measurement === '' || tags.some((tag) => tag.length !== 2 || tag.includes(''))) return undefined
  if (new Set(tags.map(([name]) => name)).size < tags.length) return undefined
  const fields: (readonly [string, number])[] = []
  FIELD.lastIndex = 0
  let at = 0
  for (let comma: string | undefined = ','; comma === ',';) {
    const found = FIELD.exec(rest)
    const value = readValue(found?.[2] ?? '')
    if (found === null || value === undefined) return undefined
    fields.push([unescape(found[1] ?? ''), value])
    comma = found[3]
    at = FIELD.lastIndex
  }
  const time = REST.exec(rest.slice(at))
  if (time === null) return undefined
  return {
    measurement: measurement.replace(/\\([, ])/g, '$1'),
    tags: new Map(tags.map(([name = '', value = '']) => [name, value])),
    fields,
    time: time[1] === undefined ? undefined : BigInt(time[1]),
  }
}

function unescape(text: string): string {
  return text.replace(/\\([,= ])/g, '$1')
}

function readValue(text: string): number | undefined {
  const [, digits, kind] = WHOLE.exec(text) ?? []
  if (digits !== undefined) {
    const value = BigInt(digits.replace('+', ''))
    const [least, most] = LIMITS[kind as 'i' | 'u']
    return value < least || value > most ? undefined : Number(value)
  }
  if (NUMBER.test(text)) return Number.isFinite(Number(text)) ? Number(text) : undefined
  if (/^(t|T|true|True|TRUE)$/.test(text)) return 1
  return /^(f|F|false|False|FALSE)$/.test(text) ? 0 : undefined
}
