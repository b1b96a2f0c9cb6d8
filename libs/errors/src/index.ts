export { defineErrors, isRetryable, messageOf, PegelError } from './define-errors.ts'
export type { ErrorDefinition, ErrorDetails, ErrorFactory, ErrorTable } from './define-errors.ts'
