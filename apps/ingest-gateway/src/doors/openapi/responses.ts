import { z } from 'zod'
import { failure } from '../../metrics-json/schemas.ts'

/** A value of an OpenAPI document, or of a JSON Schema in it. */
export type Node = string | number | boolean | readonly Node[] | { readonly [key: string]: Node | undefined }

/** A zod schema as JSON Schema 2020-12, which OpenAPI 3.1 speaks. */
export function schemaOf(schema: z.ZodType): Node {
  const converted = Object.entries(z.toJSONSchema(schema, { io: 'input' }))
  return Object.fromEntries(converted.filter(([key]) => key !== '$schema')) as Node
}

const retryAfter = { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } } }

/** What every door answers to what is no request of its own; bodies differ by door. */
export function refusals(content: Node): Readonly<Record<string, Node>> {
  const of = (description: string, headers?: Node): Node => ({ description, ...(headers ? { headers } : {}), content })
  return {
    '400': of('Nothing or not everything could be taken; the body says what and why.'),
    '401': of('No valid key.'),
    '403': of('The key may not act for this tenant.'),
    '413': of('The body is larger than the tenant may send.'),
    '415': of('Another media type or coding.'),
    '429': of('Faster than the tenant may send; nothing was taken.', retryAfter),
    '500': of('A bug.'),
    '503': of('Kafka did not acknowledge, or the gateway is overloaded or stopping. Send it again.', retryAfter),
  }
}

/** `{code, message}`. */
export const jsonFailure: Node = { 'application/json': { schema: { $ref: '#/components/schemas/Failure' } } }
export const failureSchema = schemaOf(failure)
