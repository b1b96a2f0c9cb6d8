export { defineErrors, isRetryable, messageOf, PegelError } from './define-errors.ts'
export type { ErrorDefinition, ErrorFactory, ErrorTable } from './define-errors.ts'
