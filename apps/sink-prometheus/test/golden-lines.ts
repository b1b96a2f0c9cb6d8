import type { ReadHistogram } from './read-request.ts'

export interface PromisedExemplar {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
  readonly timeMs: number
}

type Histogram = Partial<Omit<ReadHistogram, 'sum'>> & { readonly sum: number | null; readonly timestamp: number }
/** A bucket that is not empty: (left, right] and what is in it. */
export type Bucket = readonly [left: number, right: number, count: number]

const CUSTOM_BOUNDS = -53

/** What a golden file says of a backend, in the words of `storedLines`: staleness markers are nowhere to be read. */
export function promised(
  golden: string,
  { tenant, shiftMs }: { readonly tenant: string; readonly shiftMs: number },
): { readonly lines: readonly string[]; readonly exemplars: readonly PromisedExemplar[] } {
  const lines: string[] = []
  const exemplars: PromisedExemplar[] = []
  for (const line of golden.trimEnd().replaceAll('tenant="acme"', `tenant="${tenant}"`).split('\n')) {
    const [, name = '', rest = ''] = /^(\S*?\{.*?\}) (.*)$/.exec(line) ?? []
    const [, labels = '', value = '', time = ''] = /^(?:# \{(.*)\} )?(\S+) (\d+)$/.exec(rest) ?? []
    const timeMs = Number(time) + shiftMs
    if (rest.startsWith('# ')) exemplars.push({ labels: labelsOf(labels), value: Number(value), timeMs })
    else if (rest.startsWith('{')) lines.push(...histogramLine(name, JSON.parse(rest) as Histogram, shiftMs))
    else if (value !== 'stale') lines.push(numberLine(name, Number(value), timeMs))
  }
  return { lines: lines.sort(), exemplars }
}

export function numberLine(name: string, value: number, timeMs: number): string {
  return `${name} ${value} ${timeMs}`
}

/** @param buckets in any order */
export function nativeLine(
  name: string,
  { count, sum, buckets, timeMs }: { count: number; sum: number; buckets: readonly Bucket[]; timeMs: number },
): string {
  const told = [...buckets]
    .sort(([a], [b]) => a - b)
    .map(([left, right, inside]) => `(${left.toPrecision(9)} ${right.toPrecision(9)}] ${inside}`)
  return `${name} count ${count} sum ${sum} buckets ${told.join(', ')} ${timeMs}`
}

function labelsOf(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]))
}

function histogramLine(name: string, histogram: Histogram, shiftMs: number): string[] {
  const { sum, count_int, count_float, timestamp } = histogram
  if (sum === null) return []
  const count = count_int ?? count_float ?? 0
  return [nativeLine(name, { count, sum, buckets: bucketsOf(histogram), timeMs: timestamp + shiftMs })]
}

/** https://prometheus.io/docs/specs/native_histograms/: bucket i of schema s ends at 2^(i / 2^s), or at its custom value. */
function bucketsOf(histogram: Histogram): Bucket[] {
  const { schema = 0, custom_values = [], zero_threshold = 0 } = histogram
  const zero = histogram.zero_count_int ?? histogram.zero_count_float ?? 0
  const end = (index: number): number =>
    schema === CUSTOM_BOUNDS ? (custom_values[index] ?? (index < 0 ? -Infinity : Infinity)) : 2 ** (index / 2 ** schema)
  const positive = countsOf(histogram.positive_spans, histogram.positive_deltas, histogram.positive_counts)
  const negative = countsOf(histogram.negative_spans, histogram.negative_deltas, histogram.negative_counts)
  return [
    ...positive.map(([index, count]): Bucket => [end(index - 1), end(index), count]),
    ...negative.map(([index, count]): Bucket => [-end(index), -end(index - 1), count]),
    ...(zero === 0 ? [] : [[-zero_threshold, zero_threshold, zero] as const]),
  ].filter(([, , count]) => count !== 0)
}

function countsOf(
  spans: Histogram['positive_spans'] = [],
  deltas: readonly number[] = [],
  counts: readonly number[] = [],
): (readonly [index: number, count: number])[] {
  const found: (readonly [number, number])[] = []
  let [index, count, at] = [0, 0, 0]
  for (const { offset = 0, length } of spans) {
    index += offset
    for (let within = 0; within < length; within += 1) {
      count = counts[at] ?? count + (deltas[at] ?? 0)
      found.push([index, count])
      index += 1
      at += 1
    }
  }
  return found
}
