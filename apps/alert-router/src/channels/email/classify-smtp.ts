import { messageOf } from '@pegel/errors'
import type { SendResult } from '../channel.ts'

/** RFC 5321, 4.2.1: 4yz passes, 5yz stays. Without a code it is the connection, which may come back. */
export function classifySmtp(error: unknown): SendResult {
  const { responseCode, code } = error as { readonly responseCode?: unknown; readonly code?: unknown }
  // Ours to mend: a wrong password is not cured by waiting, and the fallback should take over.
  const stays = (typeof responseCode === 'number' && responseCode >= 500) || code === 'EAUTH' || code === 'EENVELOPE'
  const passes = typeof responseCode === 'number' && responseCode >= 400 && responseCode < 500
  return { status: stays && !passes ? 'failed' : 'retryable', reason: `SMTP: ${messageOf(error)}` }
}
