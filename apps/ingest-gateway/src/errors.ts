import { defineErrors } from '@pegel/errors'

/** Every answer of the gateway that is no success. What becomes of each on a wire is the doors' business. */
export const gatewayErrors = defineErrors('gateway', {
  credential_missing: {
    retryable: false,
    text: 'No credential: send Authorization: Bearer KEY, or Basic with the tenant as user and the key as password.',
  },
  credential_unknown: {
    retryable: false,
    text: "Nobody has this key: check it, and that its SHA-256 stands in the tenant's file under credentials.",
  },
  tenant_required: {
    retryable: false,
    text: 'This key may act for {tenants} tenants: name one of them in the header X-Scope-OrgID.',
  },
  tenant_invalid: {
    retryable: false,
    text: 'X-Scope-OrgID must be one tenant id: lower-case letters, digits and underscores, at most 63 characters.',
  },
  tenant_forbidden: {
    retryable: false,
    text: "This key may not act for tenant {tenant}: use a key of that tenant, or add this one to the tenant's file.",
  },
  not_found: { retryable: false, text: 'There is nothing at {path}: metrics go to POST /v1/metrics.' },
  method_not_allowed: { retryable: false, text: '{method} is not allowed here: send {allow}.' },
  media_type: {
    retryable: false,
    text: 'Content-Type {type} is not supported: send application/x-protobuf or application/json.',
  },
  content_encoding: {
    retryable: false,
    text: 'Content-Encoding {encoding} is not supported: send one of {acceptEncoding}.',
  },
  body_too_large: {
    retryable: false,
    text: 'The body is larger than {maxBytes} bytes{unpacked}: send smaller batches or raise limits.max_request_bytes of tenant {tenant}.',
  },
  body_not_unpacked: { retryable: false, text: 'The body is not valid {encoding}: {problem}.' },
  bad_request: { retryable: false, text: 'The request cannot be read: {problem}.' },
  body_incomplete: { retryable: false, text: 'The connection ended within the body.' },
  rate_limited: {
    retryable: true,
    text: 'Tenant {tenant} sends more than {limit} points/s (over {gateways} gateways); nothing was taken. Wait {retryAfterS} s, or raise limits.points_per_second or limits.burst_points.',
  },
  bytes_rate_limited: {
    retryable: true,
    text: 'Tenant {tenant} sends more than {limit} bytes/s of metrics (over {gateways} gateways); nothing was taken. Wait {retryAfterS} s, or raise limits.bytes_per_second or limits.burst_bytes.',
  },
  logs_rate_limited: {
    retryable: true,
    text: 'Tenant {tenant} sends more than {limit} log events/s (over {gateways} gateways); nothing was taken. Wait {retryAfterS} s, or raise limits.log_events_per_second.',
  },
  log_bytes_rate_limited: {
    retryable: true,
    text: 'Tenant {tenant} sends more than {limit} bytes/s of logs (over {gateways} gateways); nothing was taken. Wait {retryAfterS} s, or raise limits.log_bytes_per_second.',
  },
  alerts_rate_limited: {
    retryable: true,
    text: 'Tenant {tenant} sends more than {limit} alerts/s (over {gateways} gateways); nothing was taken. Wait {retryAfterS} s, or raise limits.alerts_per_second.',
  },
  overloaded: {
    retryable: true,
    text: 'Too many bytes of requests are in memory; nothing was taken. Try again, add gateways or raise PEGEL_MAX_BODY_BYTES_IN_FLIGHT.',
  },
  unpacking_late: {
    retryable: true,
    text: 'Packed bodies of tenant {tenant} come faster than they are unpacked; nothing was taken. Try again, send fewer at a time, or add gateways.',
  },
  stopping: { retryable: true, text: 'This gateway is stopping; nothing was taken. Try again.' },
  kafka_unavailable: {
    retryable: true,
    text: 'Kafka did not acknowledge ({problem}). Try again; if it stays so, look at the brokers behind PEGEL_KAFKA_BROKERS.',
  },
  internal: { retryable: false, text: 'The gateway failed on this request; its log has the reason.' },
})

/** Codes of requests beyond a rate of their tenant. */
export const RATE_CODES: ReadonlySet<string> = new Set([
  gatewayErrors.rate_limited.code,
  gatewayErrors.bytes_rate_limited.code,
  gatewayErrors.logs_rate_limited.code,
  gatewayErrors.log_bytes_rate_limited.code,
  gatewayErrors.alerts_rate_limited.code,
])
