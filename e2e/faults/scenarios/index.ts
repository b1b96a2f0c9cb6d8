import { BACKEND_SCENARIOS } from './backends.ts'
import { BROKER_SCENARIOS } from './brokers.ts'
import { NETWORK_SCENARIOS } from './network.ts'
import { PROCESS_SCENARIOS } from './processes.ts'
import type { Scenario } from './scenario.ts'

export const SCENARIOS: readonly Scenario[] = [
  ...PROCESS_SCENARIOS,
  ...BACKEND_SCENARIOS,
  ...NETWORK_SCENARIOS,
  ...BROKER_SCENARIOS,
]
