import type { TenantConfig } from '@pegel/tenancy'
import type { z } from 'zod'
import { alertsErrors } from '../../alerts/index.ts'
import type { AlertDoor } from '../../alerts/index.ts'
import type { EndpointRequest } from '../http/http-endpoint.ts'

const JSON_TYPE = /^\s*application\/json\s*(;|$)/i
const MAX_PROBLEMS = 5

/** The credential's tenant, Pegel's own among them, and who holds it. */
export function askerOf(request: EndpointRequest): { readonly tenant: TenantConfig; readonly by: string } {
  const tenant = request.tenant({ reserved: true })
  return { tenant, by: request.holder().credentialId }
}

/**
 * The body as the schema has it. An empty body is an empty object: some requests need to say nothing.
 * @throws alertsErrors.media_type, malformed, and what reading a body throws
 */
export async function withJson<S extends z.ZodType, T>(
  request: EndpointRequest,
  { tenant, intake, schema }: { readonly tenant: TenantConfig; readonly intake: AlertDoor; readonly schema: S },
  use: (value: z.output<S>) => Promise<T>,
): Promise<T> {
  const type = request.headers['content-type']
  if (type !== undefined && !JSON_TYPE.test(type)) throw alertsErrors.media_type({ type })
  return request.withBody(tenant, intake, (body) => use(parse(body, schema)))
}

function parse<S extends z.ZodType>(body: Buffer, schema: S): z.output<S> {
  let value: unknown = {}
  try {
    if (body.length > 0) value = JSON.parse(body.toString('utf8'))
  } catch {
    throw alertsErrors.malformed({ problem: 'it is not JSON.' })
  }
  return checked(value, schema)
}

/** @throws alertsErrors.malformed, which names the first few problems */
export function checked<S extends z.ZodType>(value: unknown, schema: S): z.output<S> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const problems = result.error.issues.slice(0, MAX_PROBLEMS)
  throw alertsErrors.malformed({
    problem: problems.map(({ path, message }) => `${path.join('.')}: ${message}`).join(' '),
  })
}
