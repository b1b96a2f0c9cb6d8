import { forEachRun, NO_RECORDED_VALUE } from '@pegel/contracts'
import type { SeriesRun } from '@pegel/contracts'
import type { MetricRecord } from '@pegel/pipeline'
import { complexFields } from './complex-fields.ts'
import { nanoText } from './decimal.ts'
import type { CachedLine } from './line-cache.ts'
import type { LineSheet } from './line-sheet.ts'
import type { OutcomeDraft } from './outcome-draft.ts'

export interface EncodeTarget {
  readonly sheet: LineSheet
  /** Index of the record in its batch. */
  readonly index: number
  readonly draft: OutcomeDraft
}

/**
 * Writes a record's selected points as lines and books at once what InfluxDB cannot hold: staleness markers, values that are not finite,
 * and points that would overwrite another series' point of this record.
 */
export function encodeRecord(record: MetricRecord, lineOf: (run: SeriesRun) => CachedLine, target: EncodeTarget): void {
  // All series are looked up before the first line is written: the later of two that render alike marks the earlier.
  let runs = 0
  forEachRun(record.points, (run) => {
    scratch.lines[runs] = lineOf(run)
    scratch.bounds[2 * runs] = run.first
    scratch.bounds[2 * runs + 1] = run.first + run.count
    runs += 1
  })
  writeRuns(record, runs, target)
}

/**
 * Of the record that is being written: the line of each run, its first point, and the one behind its last. What grows anew for every record costs
 * more than what it holds.
 */
const scratch = { lines: [] as CachedLine[], bounds: [] as number[] }

/** A hot loop of its own, which is compiled as such. */
function writeRuns(record: MetricRecord, runs: number, { sheet, index, draft }: EncodeTarget): void {
  const { lines, bounds } = scratch
  const { columns } = record.points
  const { value: values, flags, timeMs, timeNs } = columns
  const selected = record.select === null ? null : maskOf(record.select, columns.length)
  const taken = new Map<string, string>()
  for (let run = 0; run < runs; run += 1) {
    const line = lines[run]
    const to = bounds[2 * run + 1] ?? 0
    for (let i = bounds[2 * run] ?? 0; i < to && line !== undefined; i += 1) {
      if (selected !== null && selected[i] === 0) continue
      const { number } = line
      const value = values[i] ?? NaN
      const fields = number === undefined ? fieldsOf(record, i) : undefined
      const held = number === undefined ? fields !== undefined : Number.isFinite(value)
      if (!held || ((flags[i] ?? 0) & NO_RECORDED_VALUE) !== 0) {
        draft.unsupported += 1
        continue
      }
      const ms = timeMs[i] ?? 0
      const ns = timeNs[i] ?? 0
      if (line.claimed.twins && !take(taken, line, nanoText(ms, ns))) {
        draft.collided += 1
        continue
      }
      sheet.setTime(ms, ns)
      if (number === undefined) sheet.addText(line.key + (fields ?? ''), index, i)
      else sheet.addNumber(number, value, index, i)
    }
  }
}

/** The fields of a point that is more than a number; undefined when InfluxDB cannot hold it. */
function fieldsOf({ points }: MetricRecord, i: number): string | undefined {
  const point = points.columns.complex?.[i]
  return point === undefined ? undefined : complexFields(point)
}

/** The first series of a record to claim an instant keeps it; a series may write its own instant again. */
function take(taken: Map<string, string>, { claim, series }: CachedLine, time: string): boolean {
  const place = `${claim} ${time}`
  const owner = taken.get(place)
  if (owner === undefined) taken.set(place, series)
  return owner === undefined || owner === series
}

function maskOf(select: Uint32Array, length: number): Uint8Array {
  const mask = new Uint8Array(length)
  for (const i of select) mask[i] = 1
  return mask
}
