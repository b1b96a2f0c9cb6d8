import { parse } from 'csv-parse/sync'
import { messageOf } from '@pegel/errors'
import { cliErrors } from '../errors.ts'

export interface CsvSeries {
  readonly timesMs: Float64Array
  readonly values: Float64Array
}

/** Problems that are named; more of the kind are only counted. */
const NAMED = 3

/**
 * Reads `timestamp,value` (more columns may stand beside, in any order). Timestamps are ISO 8601, taken as UTC where they name no zone, or seconds or
 * milliseconds since 1970. Throws cliErrors.bad_csv, which names the lines.
 */
export function readCsv(file: string, text: string): CsvSeries {
  const [header = [], ...rows] = parseRows(file, text)
  const [timeAt, valueAt] = [header.indexOf('timestamp'), header.indexOf('value')]
  if (timeAt === -1 || valueAt === -1)
    throw cliErrors.bad_csv({ file, problem: 'the first line must name the columns timestamp and value' })
  if (rows.length === 0) throw cliErrors.bad_csv({ file, problem: 'there is no row below the header' })
  const timesMs = Float64Array.from(rows, (row) => timeOf(row[timeAt] ?? ''))
  const values = Float64Array.from(rows, (row) => numberOf(row[valueAt] ?? ''))
  const problems = rows.flatMap((row, index) => {
    // The header is line 1.
    const line = `line ${index + 2}`
    if (Number.isNaN(timesMs[index])) return [`${line}: "${row[timeAt] ?? ''}" is no time`]
    return Number.isFinite(values[index]) ? [] : [`${line}: "${row[valueAt] ?? ''}" is no number`]
  })
  if (problems.length > 0) {
    const more = problems.length > NAMED ? `; and ${problems.length - NAMED} more` : ''
    throw cliErrors.bad_csv({ file, problem: `${problems.slice(0, NAMED).join('; ')}${more}` })
  }
  return { timesMs, values }
}

function parseRows(file: string, text: string): readonly (readonly string[])[] {
  try {
    return parse(text, { bom: true, relax_column_count: true, skip_empty_lines: true, trim: true })
  } catch (error) {
    throw cliErrors.bad_csv({ file, problem: messageOf(error) }, error)
  }
}

/** Above this a number counts milliseconds: as seconds it would be the year 5138. */
const SECONDS_BELOW = 1e11

function timeOf(text: string): number {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * (Number(text) < SECONDS_BELOW ? 1000 : 1)
  const iso = text.replace(' ', 'T')
  return Date.parse(/T.*(Z|[+-]\d\d:?\d\d)$/.test(iso) ? iso : `${iso.includes('T') ? iso : `${iso}T00:00`}Z`)
}

function numberOf(text: string): number {
  return text === '' ? NaN : Number(text)
}
