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
export { createMemoryDirectory } from './memory-directory.ts'
export type { Applied, MemoryDirectory } from './memory-directory.ts'
export { SETTLE_MS } from './version-history.ts'
export { generateKey, hashKey, KEY_PREFIX } from './keys.ts'
export { createVerifier, generateDirectKey, isRawKey, signRecord } from './direct-keys.ts'
export type { DirectKeyPair } from './direct-keys.ts'
export { checkGroup, checkSeries, checkTime, DEFAULT_LIMITS } from './limits.ts'
export type { LimitReason } from './limits.ts'
export { PEGEL_CONFIG } from './pegel-config.ts'
export { compileRules, NAME_LABEL } from './relabel.ts'
export type { Relabeler, RelabelResult } from './relabel.ts'
export { SINKS } from './tenant-schema.ts'
export { parseTenantYaml, readTenantRecord } from './tenant-yaml.ts'
export type { ParsedTenantFile, ReadTenantRecord } from './tenant-yaml.ts'
export { checkTenantFiles } from './tenant-files.ts'
export type { CheckedTenantFile, CheckedTenantFiles, TenantSource } from './tenant-files.ts'
export { parseDuration } from './duration.ts'
export { formatProblem } from './problem.ts'
export type { Problem } from './problem.ts'
export { tenancyErrors } from './errors.ts'
export { DEFAULT_DETECTION, DEFAULT_GROUP_WINDOW_MS, DEFAULT_MAX_SERIES } from './detection-schema.ts'
export type {
  AlertChoice,
  AlertSeverity,
  DerivedName,
  DetectionConfig,
  DetectionKind,
  ForecastRule,
  MaintenanceWindow,
  WatchRule,
} from './detection-config.ts'
export { compileRegex } from './relabel-regex.ts'
export type { AnchoredRegex } from './relabel-regex.ts'
export { DEFAULT_ALERTING } from './alerting/alerting-schema.ts'
export { formatMatcher, parseMatchers } from './alerting/matcher.ts'
export type { ParsedMatchers } from './alerting/matcher.ts'
export type { ChannelConfig } from './alerting/channel-schema.ts'
export type { TemplatesConfig } from './alerting/channels/templates.ts'
export type { SlackChannelConfig } from './alerting/channels/slack.ts'
export type {
  AlertingConfig,
  AlertMaintenance,
  ChannelTarget,
  EscalationConfig,
  EscalationTarget,
  FlappingConfig,
  InhibitRuleConfig,
  Matcher,
  MatchOperator,
  NamedTimeIntervals,
  NumberRange,
  PersonConfig,
  ReceiverConfig,
  RouteConfig,
  ScheduleConfig,
  ScheduleLayer,
  TimeInterval,
} from './alerting/alerting-config.ts'
