/** One row of a table of errors. `text` may hold {placeholders}, filled from the details given when the error is made. */
export interface ErrorDefinition {
  /** May the same attempt succeed later without a change of its input? */
  readonly retryable: boolean
  /** What happened and, where there is one, the setting to change. */
  readonly text: string
}

export type ErrorDetails = Readonly<Record<string, string | number | boolean | undefined>>

/** An expected failure with an immutable code such as `kafka.broker_lost`; codes are part of the public interface. */
export class PegelError extends Error {
  /** By name, since @pegel/contracts depends on no library and so throws a class of its own with this shape. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'PegelError'
  }

  override readonly name = 'PegelError'
  readonly code: string
  readonly retryable: boolean
  readonly details: ErrorDetails

  constructor(code: string, definition: ErrorDefinition, details: ErrorDetails = {}, cause?: unknown) {
    super(fill(definition.text, details), cause === undefined ? undefined : { cause })
    this.code = code
    this.retryable = definition.retryable
    this.details = details
  }
}

export type ErrorFactory = ((details?: ErrorDetails, cause?: unknown) => PegelError) & { readonly code: string }
export type ErrorTable<K extends string> = Readonly<Record<K, ErrorFactory>>

/**
 * Defines all errors of one area in one table.
 * @example const kafkaErrors = defineErrors('kafka', { broker_lost: { retryable: true, text: 'No broker answered within {timeoutMs} ms.' } })
 *          throw kafkaErrors.broker_lost({ timeoutMs: 5000 })
 */
export function defineErrors<K extends string>(
  area: string,
  table: Readonly<Record<K, ErrorDefinition>>,
): ErrorTable<K> {
  const factories = {} as Record<K, ErrorFactory>
  for (const key of Object.keys(table) as K[]) {
    const code = `${area}.${key}`
    const definition = table[key]
    const make = (details?: ErrorDetails, cause?: unknown): PegelError =>
      new PegelError(code, definition, details, cause)
    factories[key] = Object.assign(make, { code })
  }
  return Object.freeze(factories)
}

/** True for a PegelError that is marked retryable; any other thrown value is a bug or unknown, and is not retried blindly. */
export function isRetryable(error: unknown): boolean {
  return error instanceof PegelError && error.retryable
}

/** A one-line message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function fill(text: string, details: ErrorDetails): string {
  return text.replace(/\{(\w+)\}/g, (whole, key: string) => (details[key] === undefined ? whole : String(details[key])))
}
