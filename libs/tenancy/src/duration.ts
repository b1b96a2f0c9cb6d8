const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}
const DURATION = /^(?:\d+(?:ms|[smhdw]))+$/
const PART = /(\d+)(ms|[smhdw])/g

/** Milliseconds of a Prometheus-style duration such as `90s`, `1h30m` or `7d`; undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined
  let total = 0
  for (const [, amount, unit] of text.matchAll(PART)) total += Number(amount) * (UNITS[unit ?? ''] ?? 0)
  return Number.isSafeInteger(total) ? total : undefined
}
