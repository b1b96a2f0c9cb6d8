import { alertsErrors } from '../../alerts/index.ts'
import type { HttpAnswer } from '../http/http-endpoint.ts'
import { refusalAnswer } from '../http/json-answers.ts'
import { RPC } from '../meanings.ts'
import type { Meaning } from '../meanings.ts'

const invalid: Meaning = { status: 400, rpc: RPC.invalidArgument }

export const ALERT_MEANINGS: ReadonlyMap<string, Meaning> = new Map([
  [alertsErrors.malformed.code, invalid],
  [alertsErrors.media_type.code, { status: 415, rpc: RPC.invalidArgument }],
  [alertsErrors.tenant_mismatch.code, { status: 403, rpc: RPC.permissionDenied }],
  [alertsErrors.nothing_accepted.code, invalid],
  [alertsErrors.unknown_target.code, invalid],
  [alertsErrors.links_off.code, { status: 404, rpc: RPC.notFound }],
  [alertsErrors.link_invalid.code, { status: 403, rpc: RPC.permissionDenied }],
  [alertsErrors.link_expired.code, { status: 410, rpc: RPC.permissionDenied }],
])

export function okAnswer(body: object, code: 'ok' | 'partial' = 'ok'): HttpAnswer {
  const headers = { 'content-type': 'application/json; charset=utf-8' }
  return { status: 200, headers, body: Buffer.from(JSON.stringify(body)), code }
}

/** {code, message}: the stable code and what to do. */
export function errorAnswer(thrown: unknown): HttpAnswer {
  return refusalAnswer(thrown, ALERT_MEANINGS)
}
