import { LedgerBooks } from '@pegel/pipeline'
import type { ComponentContext, Hosted } from '@pegel/service'
import { SINKS } from '@pegel/tenancy'
import type { LedgerConfig } from './config.ts'
import { Keeper } from './keeper.ts'
import { LedgerMetrics } from './ledger-metrics.ts'
import { SnapshotServer } from './snapshot-server.ts'

/** Sinks commit a moment after their rows; without this wait the last minute would look open for ever on a busy pipeline. */
const SETTLE_MS = 1000

/** Wires the ledger service: one keeper, and a port that answers with what it knows. */
export function createHosted({ config, log, metrics, kafka }: ComponentContext<LedgerConfig>): Hosted {
  const keepMs = config.PEGEL_LEDGER_KEEP
  const maxRecords = config.PEGEL_LEDGER_MAX_RECORDS
  const sinceMs = (): number => Date.now() - keepMs
  const books = new LedgerBooks({ kafka, sinks: SINKS, sinceMs, keepMs, maxRecords, settleMs: SETTLE_MS })
  const intervalMs = config.PEGEL_LEDGER_INTERVAL_MS
  const keeper = new Keeper({ books, log, metrics: new LedgerMetrics(metrics), intervalMs })
  const of = { brokers: config.PEGEL_KAFKA_BROKERS, prefix: config.PEGEL_KAFKA_PREFIX }
  const server = new SnapshotServer(() => keeper.snapshot, of)
  return {
    async start() {
      await server.start(config.PEGEL_LEDGER_PORT, config.PEGEL_LEDGER_HOST)
      keeper.start()
    },
    listening: () => ({ port: server.port }),
    checks: {
      books: () => {
        keeper.check()
        return Promise.resolve()
      },
    },
    async stop() {
      await server.close()
      await keeper.stop()
    },
  }
}
