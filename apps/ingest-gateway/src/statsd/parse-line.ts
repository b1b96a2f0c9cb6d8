import type { Attribute } from '@pegel/contracts'

/** `c` counter, `g` gauge, `ms`, `h` and `d` timers and histograms, `s` set. */
export type StatsdType = 'c' | 'g' | 'ms' | 'h' | 'd' | 's'

export interface Sample {
  readonly outcome: 'sample'
  readonly name: string
  readonly type: StatsdType
  /** As they stand in the line; those of a set are any text, the others are numbers. */
  readonly values: readonly string[]
  /** Share of the events that was sent, above 0 and up to 1. */
  readonly rate: number
  /** Without the #; equal texts are equal tags. */
  readonly tags: string
  /** Seconds since 1970, when the sender says when it was. */
  readonly timestampS: number | undefined
}

export type ParsedLine =
  | Sample
  /** DogStatsD knows them, metrics do not. */
  | { readonly outcome: 'event' | 'service_check' }
  | { readonly outcome: 'malformed'; readonly problem: string }

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i
/** Below it a sample would stand for more events than anything has. */
const MIN_RATE = 1e-9
const TYPES: ReadonlySet<string> = new Set(['c', 'g', 'ms', 'h', 'd', 's'] satisfies StatsdType[])

/**
 * One line of StatsD (https://github.com/statsd/statsd/blob/master/docs/metric_types.md) with DogStatsD's tags, packed values and
 * timestamps (protocol 1.3): `name:value:value|type|@rate|#tag:value,tag|T1700000000`. Extensions that are not known are stepped over.
 */
export function parseLine(line: string): ParsedLine {
  if (line.startsWith('_e{')) return { outcome: 'event' }
  if (line.startsWith('_sc|')) return { outcome: 'service_check' }
  const [head = '', type = '', ...extensions] = line.split('|')
  const colon = head.indexOf(':')
  if (colon < 1) return malformed('no name and value')
  if (!isType(type)) return malformed(type === '' ? 'no type' : `unknown type ${type.slice(0, 16)}`)
  const text = head.slice(colon + 1)
  const values = type === 's' ? [text] : text.split(':')
  if (values.some((value) => (type === 's' ? value === '' : !isNumber(value)))) return malformed('a value is no number')
  return withExtensions({ name: head.slice(0, colon), type, values }, extensions)
}

/** Of `a:b,c`: a tag without a value is `true`, of a key given twice the last counts. */
export function parseTags(text: string): readonly Attribute[] {
  const tags = new Map<string, string>()
  for (const tag of text.split(',')) {
    const colon = tag.indexOf(':')
    if (tag === '' || colon === 0) continue
    if (colon === -1) tags.set(tag, 'true')
    else tags.set(tag.slice(0, colon), tag.slice(colon + 1))
  }
  return [...tags].map(([key, value]) => ({ key, value })).sort((a, b) => (a.key < b.key ? -1 : 1))
}

function withExtensions(sample: Pick<Sample, 'name' | 'type' | 'values'>, extensions: readonly string[]): ParsedLine {
  let [rate, tags] = [1, '']
  let timestampS: number | undefined
  for (const extension of extensions) {
    const value = extension.slice(1)
    if (extension.startsWith('@')) {
      rate = isNumber(value) ? Number(value) : 0
      if (rate < MIN_RATE || rate > 1) return malformed('a sample rate is above 0 and up to 1')
    } else if (extension.startsWith('#')) tags = value
    else if (extension.startsWith('T')) {
      timestampS = Number(value)
      if (!/^\d{1,11}$/.test(value)) return malformed('a timestamp is whole seconds since 1970')
      if (sample.type !== 'c' && sample.type !== 'g') return malformed('only counters and gauges have timestamps')
    }
  }
  return { outcome: 'sample', ...sample, rate, tags, timestampS }
}

function isType(type: string): type is StatsdType {
  return TYPES.has(type)
}

function isNumber(text: string): boolean {
  return NUMBER.test(text) && Number.isFinite(Number(text))
}

function malformed(problem: string): ParsedLine {
  return { outcome: 'malformed', problem }
}
