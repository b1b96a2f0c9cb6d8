import { bytes, workerSettings } from '@pegel/config'
import { z } from 'zod'

const MIB = 1024 * 1024

/** The enricher's own settings; all keys are environment variables. */
export const enricherConfig = z.object({
  ...workerSettings,
  PEGEL_ENRICHER_IN_FLIGHT_BYTES: bytes({ min: MIB })
    .default(16 * MIB)
    .describe('Bytes of source records in flight at most, over all partitions; beyond it partitions pause.'),
  PEGEL_ENRICHER_CACHE_BYTES: bytes({ min: MIB })
    .default(128 * MIB)
    .describe('Memory for what rules made of each series, over all tenants.'),
})

export type EnricherConfig = z.infer<typeof enricherConfig>
