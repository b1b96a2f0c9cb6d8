import { afterEach, beforeEach, describe } from '@jest/globals'
import { ContractRun } from './contract-run.ts'
import { deliveryCases, rebalanceCases } from './delivery-cases.ts'
import { failureCases } from './failure-cases.ts'
import { isolationCases } from './isolation-cases.ts'
import { parkingCases, stopCases } from './parking-cases.ts'
import type { SinkContractOptions } from './options.ts'

/**
 * What every sink promises, on real Kafka and the real backend. Metric names are `contract_…` gauges without unit or scope, with one
 * label `host`; times are within the last minutes.
 */
export function sinkContract(options: SinkContractOptions): void {
  describe(`sink contract: ${options.name}`, () => {
    const contract = new ContractRun(options)
    beforeEach(() => contract.open())
    afterEach(() => contract.close())
    deliveryCases(contract)
    rebalanceCases(contract)
    failureCases(contract)
    isolationCases(contract)
    parkingCases(contract)
    stopCases(contract)
  })
}
