import { readFileSync, readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { parse } from 'csv-parse/sync'
import type { Windows } from './score.ts'

/** One CSV of a folder: what its rows say, and nothing about how many they are to be. */
export interface Series {
  /** Path within the folder, with slashes: `realTweets/Twitter_volume_AAPL.csv`. */
  readonly name: string
  /** As they are in the file. */
  readonly timestamps: readonly string[]
  /** NaN where there is no time or number. */
  readonly timesMs: Float64Array
  readonly values: Float64Array
}

/** All `.csv` below a folder that have the columns timestamp and value, by name. */
export function readFolder(folder: string): readonly Series[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.csv'))
    .sort()
    .flatMap((file) => readSeries(folder, join(folder, file)))
}

/** Labels by name of series; without a file there are none. */
export function readWindows(file: string | undefined): Readonly<Record<string, Windows>> {
  if (file === undefined) return {}
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, Windows>
}

function readSeries(folder: string, file: string): readonly Series[] {
  const [header = [], ...rows] = parse(readFileSync(file), { bom: true, relax_column_count: true })
  const [timeAt, valueAt] = [header.indexOf('timestamp'), header.indexOf('value')]
  if (timeAt === -1 || valueAt === -1) {
    process.stderr.write(`${file} has no columns timestamp and value: left out\n`)
    return []
  }
  const timestamps = rows.map((row) => row[timeAt] ?? '')
  return [
    {
      name: relative(folder, file).split(sep).join('/'),
      timestamps,
      timesMs: Float64Array.from(timestamps, timeOf),
      values: Float64Array.from(rows, (row) => numberOf(row[valueAt])),
    },
  ]
}

/** Milliseconds of `2014-04-10 07:15:00`, taken as UTC, or of seconds since 1970. */
function timeOf(text: string): number {
  const trimmed = text.trim()
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Number(trimmed) * (Number(trimmed) > 1e11 ? 1 : 1000)
  const iso = trimmed.replace(' ', 'T')
  return Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(iso) ? iso : `${iso}Z`)
}

function numberOf(text: string | undefined): number {
  return text === undefined || text.trim() === '' ? NaN : Number(text)
}
