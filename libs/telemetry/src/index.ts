export { createLogger } from './logger.ts'
export type { Logger, LogLevel } from './logger.ts'
export { createMetrics } from './metrics.ts'
export type { Metrics } from './metrics.ts'
