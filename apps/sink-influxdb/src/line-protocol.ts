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
  const { columns } = record.points
  // All series are looked up before the first line is written: the later of two that render alike marks the earlier.
  const lines: CachedLine[] = []
  forEachRun(record.points, (run) => lines.push(lineOf(run)))
  const selected = record.select === null ? null : maskOf(record.select, columns.length)
  const taken = new Map<string, string>()
  const { sheet, index, draft } = target
  let next = 0
  forEachRun(record.points, (run) => {
    const line = lines[next++]
    if (line === undefined) return
    for (let i = run.first; i < run.first + run.count; i += 1) {
      if (selected !== null && selected[i] === 0) continue
      const value = columns.value[i] ?? NaN
      const fields = line.number === undefined ? fieldsOf(record, i) : undefined
      const held = line.number === undefined ? fields !== undefined : Number.isFinite(value)
      if (!held || ((columns.flags[i] ?? 0) & NO_RECORDED_VALUE) !== 0) {
        draft.unsupported += 1
        continue
      }
      const timeMs = columns.timeMs[i] ?? 0
      const timeNs = columns.timeNs[i] ?? 0
      if (line.claimed.twins && !take(taken, line, nanoText(timeMs, timeNs))) {
        draft.collided += 1
        continue
      }
      sheet.setTime(timeMs, timeNs)
      if (line.number === undefined) sheet.addText(line.key + (fields ?? ''), index, i)
      else sheet.addNumber(line.number, value, index, i)
    }
  })
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
