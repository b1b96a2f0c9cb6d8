export type { Component, ComponentContext, ComponentManifest, Hosted } from './component.ts'
export { CONFIG, CONTEXT, HOSTED, hostedBy, INSTANCE, KAFKA, LOG, METRICS, SCHEMAS, TENANTS } from './tokens.ts'
export { runService } from './run-service.ts'
export { nestOptions } from './nest-logger.ts'
