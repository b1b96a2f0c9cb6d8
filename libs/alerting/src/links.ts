import { createHmac, timingSafeEqual } from 'node:crypto'

export const LINK_ACTIONS = ['acknowledge', 'resolve', 'silence'] as const
export type LinkAction = (typeof LINK_ACTIONS)[number]

/** What a link allows: one action, on one occurrence of one group, until it expires. */
export interface LinkClaim {
  readonly action: LinkAction
  readonly tenant: string
  readonly group: string
  readonly occurrenceMs: number
  readonly expiresAtMs: number
  /** Who it was sent to, as far as that is known; says in the records who acted. */
  readonly person: string
  /** Of a silence: the labels that all its alerts have, as the group has them. */
  readonly labels?: Readonly<Record<string, string>>
}

export type CheckedLink =
  { readonly status: 'valid'; readonly claim: LinkClaim } | { readonly status: 'expired' | 'invalid' }

/** Shorter secrets could be guessed from a link that somebody has. */
export const MIN_LINK_SECRET_LENGTH = 32
const MAX_TOKEN_LENGTH = 8192
/** Names what is signed, so that a signature made for something else under the same secret is none here. */
const PURPOSE = 'pegel-alert-link-v1'

/** `<claim>.<signature>`, both base64url; HMAC-SHA-256 over purpose and claim. */
export function signLink(claim: LinkClaim, secret: string): string {
  const payload = Buffer.from(JSON.stringify(claim)).toString('base64url')
  return `${payload}.${signatureOf(payload, secret).toString('base64url')}`
}

/** Checks the signature before it reads anything. */
export function checkLink(token: string, secret: string, nowMs: number): CheckedLink {
  const [payload = '', signature = '', more] = token.split('.')
  if (token.length > MAX_TOKEN_LENGTH || payload === '' || more !== undefined) return { status: 'invalid' }
  const [given, expected] = [Buffer.from(signature, 'base64url'), signatureOf(payload, secret)]
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return { status: 'invalid' }
  const claim = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as LinkClaim
  return claim.expiresAtMs > nowMs ? { status: 'valid', claim } : { status: 'expired' }
}

function signatureOf(payload: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(`${PURPOSE}.${payload}`).digest()
}
