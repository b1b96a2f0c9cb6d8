/** Details of an error, for its message and for logs. */
export type ContractErrorDetails = Readonly<Record<string, string | number | boolean | undefined>>

/**
 * An expected failure with an immutable code. It has the shape of PegelError, by which `instanceof PegelError` and
 * `isRetryable` of @pegel/errors know it; contracts depend on no other library, so that anything may depend on them.
 */
export class ContractError extends Error {
  override readonly name = 'PegelError'
  readonly code: string
  readonly retryable: boolean
  readonly details: ContractErrorDetails

  constructor(options: {
    code: string
    retryable: boolean
    message: string
    details: ContractErrorDetails
    cause?: unknown
  }) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = options.code
    this.retryable = options.retryable
    this.details = options.details
  }
}

type Factory = (details: ContractErrorDetails, cause?: unknown) => ContractError

function define(key: string, retryable: boolean, text: (details: ContractErrorDetails) => string): Factory {
  return (details, cause) =>
    new ContractError({ code: `contracts.${key}`, retryable, message: text(details), details, cause })
}

export const contractErrors = {
  decode_failed: define('decode_failed', false, (d) => `Not a valid ${String(d.record)}: ${String(d.problem)}.`),
  unknown_schema: define(
    'unknown_schema',
    true,
    (d) => `No schema ${String(d.schema)} is known yet; its writer must publish it to pegel.schemas.v1 first.`,
  ),
  incompatible_schema: define(
    'incompatible_schema',
    false,
    (d) => `Schema ${String(d.schema)} cannot be read as ${String(d.record)}: ${String(d.problem)}.`,
  ),
  sealed_body: define(
    'sealed_body',
    false,
    (d) => `The points are encrypted with key ${String(d.keyId)}, which this reader does not have.`,
  ),
  encode_failed: define(
    'encode_failed',
    false,
    (d) => `Cannot be written as ${String(d.record)}: ${String(d.problem)}.`,
  ),
} as const
