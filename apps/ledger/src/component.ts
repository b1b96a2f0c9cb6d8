import type { Component } from '@pegel/service'
import { LedgerModule } from './app.module.ts'
import { ledgerConfig } from './config.ts'
import { LEDGER_METRICS } from './ledger-metrics.ts'

/** The manifest: hosts run it, the reference pages are made from it. */
export const component: Component<typeof ledgerConfig> = {
  name: 'ledger',
  description: 'Keeps the books: folds the ledger, says what balances, what is under way and what is missing',
  topics: { in: ['pegel.ledger.v1'], out: [] },
  config: ledgerConfig,
  metrics: LEDGER_METRICS,
  module: LedgerModule,
}
