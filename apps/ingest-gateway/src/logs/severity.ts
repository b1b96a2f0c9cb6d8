/** A level, and OpenTelemetry's SeverityNumber. */
export interface Severity {
  readonly level: string
  readonly number: number
}

/** By SeverityNumber: four numbers a level (OpenTelemetry, Logs Data Model). */
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const
const PER_LEVEL = 4

/** Other words for them, of syslog, Python, Java and .NET among others. */
const WORDS: Readonly<Record<string, (typeof LEVELS)[number]>> = {
  finest: 'trace',
  verbose: 'trace',
  information: 'info',
  informational: 'info',
  notice: 'info',
  warning: 'warn',
  err: 'error',
  severe: 'error',
  alert: 'fatal',
  crit: 'fatal',
  critical: 'fatal',
  emerg: 'fatal',
  emergency: 'fatal',
  panic: 'fatal',
}
const BY_WORD = new Map<string, string>([...LEVELS.map((level) => [level, level] as const), ...Object.entries(WORDS)])

/**
 * One spelling of each level, so that a search for `error` finds all of them. The number decides, where there is one; a word that
 * is none of these stays as it is, in lower case.
 */
export function severityOf(number: number, text: string): Severity {
  const level = LEVELS[Math.ceil(number / PER_LEVEL) - 1]
  if (level !== undefined) return { level, number }
  const word = text.trim().toLowerCase()
  const known = BY_WORD.get(word)
  return known === undefined ? { level: word, number: 0 } : { level: known, number: numberOf(known) }
}

function numberOf(level: string): number {
  return LEVELS.indexOf(level as (typeof LEVELS)[number]) * PER_LEVEL + 1
}
