import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { ROOT } from './place.ts'

interface Recording {
  readonly startMs: number
  readonly stepMs: number
  readonly series: readonly { readonly temporality: string; readonly samples: readonly unknown[] }[]
}

export interface RecordingOptions {
  readonly dir: string
  /** How the shop reports: part of what a series is. */
  readonly temporality: 'delta' | 'cumulative'
  /** The recorded day ends here. */
  readonly endMs: number
}

/** Puts the shop's recorded day into a directory for the detector, as the day that has just ended. */
export function writeRecordings({ dir, temporality, endMs }: RecordingOptions, from = DAY): void {
  const recording = JSON.parse(gunzipSync(readFileSync(from)).toString('utf8')) as Recording
  const samples = recording.series[0]?.samples.length ?? 0
  const series = recording.series.map((each) => (each.temporality === 'delta' ? { ...each, temporality } : each))
  const moved = { ...recording, startMs: endMs - samples * recording.stepMs, series }
  writeFileSync(join(dir, 'shop-day.json'), JSON.stringify(moved))
}

const DAY = join(ROOT, 'tools/demo/recording/shop-day.json.gz')
