import type { ComponentContext, Hosted } from '@pegel/service'
import type { LedgerConfig } from './config.ts'
import { Keeper } from './keeper.ts'
import { LedgerMetrics } from './ledger-metrics.ts'
import { SnapshotServer } from './snapshot-server.ts'

/** Wires the ledger service: one keeper, and a port that answers with what it knows. */
export function createHosted({ config, log, metrics, kafka }: ComponentContext<LedgerConfig>): Hosted {
  const keeper = new Keeper({
    ...{ kafka, log, metrics: new LedgerMetrics(metrics) },
    keepMs: config.PEGEL_LEDGER_KEEP,
    intervalMs: config.PEGEL_LEDGER_INTERVAL_MS,
  })
  const server = new SnapshotServer(() => keeper.snapshot)
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
