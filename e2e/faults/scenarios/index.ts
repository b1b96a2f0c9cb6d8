import { BACKEND_SCENARIOS } from './backends.ts'
import { BROKER_SCENARIOS } from './brokers.ts'
import { CLIENT_SCENARIOS } from './clients.ts'
import { LANE_SCENARIOS } from './lanes.ts'
import { NETWORK_SCENARIOS } from './network.ts'
import { PROCESS_SCENARIOS } from './processes.ts'
import { SCHEMA_SCENARIOS } from './schemas.ts'
import type { Scenario } from './scenario.ts'
import { TENANT_SCENARIOS } from './tenants.ts'
import { VOLUME_SCENARIOS } from './volume.ts'

/** In the order in which they run. */
export const SCENARIOS: readonly Scenario[] = [
  ...PROCESS_SCENARIOS,
  ...BACKEND_SCENARIOS,
  ...NETWORK_SCENARIOS,
  ...LANE_SCENARIOS,
  ...CLIENT_SCENARIOS,
  ...TENANT_SCENARIOS,
  ...SCHEMA_SCENARIOS,
  ...VOLUME_SCENARIOS,
  ...BROKER_SCENARIOS,
]
