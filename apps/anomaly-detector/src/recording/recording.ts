import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { messageOf } from '@pegel/errors'
import { z } from 'zod'
import { detectorErrors } from '../errors.ts'

const attributes = z.record(z.string(), z.string())

/** Samples of some series of a tenant, evenly spaced, to learn from before the first point comes. */
const recordingSchema = z.strictObject({
  tenant: z.string(),
  /** Time of the first sample, ms since the Unix epoch. */
  startMs: z.number(),
  /** From sample to sample. */
  stepMs: z.number().positive(),
  /** What a sample of a counter or a histogram covers: as long as the interval at which the series will report. */
  spanMs: z.number().positive(),
  resource: attributes,
  scope: z.strictObject({ name: z.string(), version: z.string() }),
  series: z.array(
    z.strictObject({
      name: z.string(),
      kind: z.enum(['gauge', 'sum', 'histogram']),
      temporality: z.enum(['unspecified', 'delta', 'cumulative']),
      monotonic: z.boolean(),
      unit: z.string(),
      /** With all labels that the enricher adds. */
      attributes,
      /** Of a histogram. */
      bounds: z.array(z.number()).default([]),
      /** A gauge's level; a counter's increase within the span; a histogram's sum, then its buckets; null: nothing was sent. */
      samples: z.array(z.union([z.number(), z.array(z.number()), z.null()])),
    }),
  ),
})

export type Recording = z.output<typeof recordingSchema>
export type RecordedSeries = Recording['series'][number]

/** All `.json` files of a directory. @throws detectorErrors.bad_recording */
export function readRecordings(dir: string): readonly Recording[] {
  if (dir === '') return []
  try {
    const files = readdirSync(dir).filter((name) => name.endsWith('.json'))
    return files.map((name) => recordingSchema.parse(JSON.parse(readFileSync(join(dir, name), 'utf8'))))
  } catch (error) {
    throw detectorErrors.bad_recording({ dir, problem: messageOf(error) }, error)
  }
}
