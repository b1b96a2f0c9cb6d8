import { duration, integer, port } from '@pegel/config'
import { z } from 'zod'

const HOUR_MS = 3_600_000

/** The ledger service's own settings; all keys are environment variables. */
export const ledgerConfig = z.object({
  PEGEL_LEDGER_PORT: port().default(4320).describe('Port of GET /ledger; 0 takes any free one.'),
  PEGEL_LEDGER_HOST: z.string().min(1).default('127.0.0.1').describe('Address that GET /ledger listens on.'),
  PEGEL_LEDGER_KEEP: duration({ min: 60_000 })
    .default(24 * HOUR_MS)
    .describe('How far back questions may go: closed minutes are kept in memory for so long.'),
  PEGEL_LEDGER_MAX_RECORDS: integer({ min: 1000 })
    .default(1_000_000)
    .describe('How many records may be kept whose outcomes are lacking or may change, about 300 bytes each.'),
  PEGEL_LEDGER_INTERVAL_MS: duration({ min: 100, max: 60_000 })
    .default(2000)
    .describe('How often the books are judged.'),
})

export type LedgerConfig = z.infer<typeof ledgerConfig>
