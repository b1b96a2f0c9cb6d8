import type { ProductName } from './types.ts'

/** The component can be had neither from the environment, nor from Docker, nor locally. The message says what to do, in one sentence. */
export class ComponentUnavailable extends Error {
  readonly component: ProductName

  constructor(component: ProductName, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ComponentUnavailable'
    this.component = component
  }
}

/** The component is installed but did not start: its port is taken, it died early, or it never answered. */
export class StartFailed extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StartFailed'
  }
}

/** fetch and Promise.any hide what went wrong one level down. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join('; ')
  if (!(error instanceof Error)) return String(error)
  return error.message === 'fetch failed' && error.cause !== undefined ? reasonOf(error.cause) : error.message
}
