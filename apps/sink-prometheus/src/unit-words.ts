/** UCUM units as Prometheus spells them out; as the OpenTelemetry compatibility specification and its reference translator have them. */
const WORDS = new Map([
  ['d', 'days'],
  ['h', 'hours'],
  ['min', 'minutes'],
  ['s', 'seconds'],
  ['ms', 'milliseconds'],
  ['us', 'microseconds'],
  ['ns', 'nanoseconds'],
  ['By', 'bytes'],
  ['KiBy', 'kibibytes'],
  ['MiBy', 'mebibytes'],
  ['GiBy', 'gibibytes'],
  ['TiBy', 'tibibytes'],
  ['KBy', 'kilobytes'],
  ['MBy', 'megabytes'],
  ['GBy', 'gigabytes'],
  ['TBy', 'terabytes'],
  ['m', 'meters'],
  ['V', 'volts'],
  ['A', 'amperes'],
  ['J', 'joules'],
  ['W', 'watts'],
  ['g', 'grams'],
  ['Cel', 'celsius'],
  ['Hz', 'hertz'],
  ['1', ''],
  ['%', 'percent'],
])

/** What stands behind the slash. */
const PER_WORDS = new Map([
  ['s', 'second'],
  ['m', 'minute'],
  ['h', 'hour'],
  ['d', 'day'],
  ['w', 'week'],
  ['mo', 'month'],
  ['y', 'year'],
])

/** `By/s` → `['bytes', 'second']`; annotations in braces and unknown units with characters that no name may have give ''. */
export function unitWords(unit: string): readonly [main: string, per: string] {
  const [main = '', per = ''] = unit.split('/', 2)
  return [wordOf(main, WORDS), wordOf(per, PER_WORDS)]
}

function wordOf(unit: string, words: ReadonlyMap<string, string>): string {
  const trimmed = unit.trim()
  if (trimmed === '' || /[{}]/.test(trimmed)) return ''
  const word = words.get(trimmed) ?? trimmed
  return word.replace(/[^a-zA-Z0-9:]+/g, '_').replace(/^_+|_+$/g, '')
}
