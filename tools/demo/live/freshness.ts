/** Cumulative counts by upper bound in seconds, as a Prometheus histogram has them. */
export type Buckets = ReadonlyMap<number, number>

const SAMPLE = /^pegel_sink_freshness_seconds_bucket\{(.*)\} (\S+)$/
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g

/** Adds the freshness histograms in a service's /metrics text to `into`, by tenant. */
export function addFreshness(text: string, into: Map<string, Map<number, number>>): void {
  for (const line of text.split('\n')) {
    const match = SAMPLE.exec(line)
    if (match === null) continue
    const labels = new Map([...(match[1] ?? '').matchAll(LABEL)].map(([, key, value]) => [key, value]))
    const [tenant = '', le = ''] = [labels.get('tenant'), labels.get('le')]
    const buckets = into.get(tenant) ?? new Map<number, number>()
    into.set(tenant, buckets)
    const bound = le === '+Inf' ? Infinity : Number(le)
    buckets.set(bound, (buckets.get(bound) ?? 0) + Number(match[2]))
  }
}

/** The quantile in ms, interpolated within its bucket as Prometheus' histogram_quantile does; undefined when nothing was observed. */
export function quantileMs(buckets: Buckets, quantile: number): number | undefined {
  const sorted = [...buckets].sort(([a], [b]) => a - b)
  const total = sorted.at(-1)?.[1] ?? 0
  if (total === 0) return undefined
  const rank = quantile * total
  let below = 0
  let lower = 0
  for (const [bound, count] of sorted) {
    if (count >= rank)
      return (bound === Infinity ? lower : lower + (bound - lower) * ((rank - below) / (count - below))) * 1000
    below = count
    lower = bound
  }
  return lower * 1000
}
