export type {
  Credential,
  DirectKey,
  Placement,
  RelabelAction,
  RelabelRule,
  SinkName,
  TenantConfig,
  TenantLimits,
} from './tenant-config.ts'
export type { KeyHolder, TenantDirectory, TenantLookup } from './directory.ts'
