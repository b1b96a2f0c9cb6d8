import { bytes, duration, integer, workerSettings } from '@pegel/config'
import { z } from 'zod'

const MIB = 1024 * 1024

/** The detector's own settings; all keys are environment variables. */
export const detectorConfig = z.object({
  ...workerSettings,
  PEGEL_DETECTOR_MAX_SERIES: integer({ min: 1 })
    .default(200_000)
    .describe('Series watched by this process at most; beyond it the least recently seen of the largest tenant goes.'),
  PEGEL_DETECTOR_CHECKPOINT_INTERVAL: duration({ min: 100 })
    .default(30_000)
    .describe('How often what was learned is written to Kafka and offsets are committed; a crash repeats this much.'),
  PEGEL_DETECTOR_RECORDINGS: z
    .string()
    .default('')
    .describe('Directory of recordings (.json) to learn from where nothing is known of a series yet; empty: none.'),
  PEGEL_DETECTOR_IN_FLIGHT_BYTES: bytes({ min: MIB })
    .default(64 * MIB)
    .describe('Bytes of source records that wait to be scored at most; beyond it partitions pause.'),
})

export type DetectorConfig = z.infer<typeof detectorConfig>
