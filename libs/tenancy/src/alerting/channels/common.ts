import { z } from 'zod'
import { durationOrZero } from '../duration-schema.ts'

export const alertingName = z
  .string()
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$/, 'Use letters, digits and _ . -, at most 63 of them.')

/** What every kind of channel has. A kind adds its own keys with `.extend()`, `type` among them. */
export const channelBase = z.strictObject({
  name: alertingName.describe('What receivers, people and steps call it.'),
  send_resolved: z.boolean().default(true).describe('Whether it is told when a group is resolved.'),
  max_alerts: z.int().min(0).max(1000).default(0).describe('Alerts listed in one notification at most; 0: all.'),
  rate_limit_per_minute: z.int().min(1).max(6000).default(60).describe('Messages at most; those beyond wait.'),
  digest: durationOrZero.default(0).describe('Collect what comes within so long into one message; 0s: none.'),
  fallback: alertingName.optional().describe('The channel that takes over when this one fails.'),
})

/** The same, as services read it. */
export interface ChannelBase {
  readonly name: string
  readonly sendResolved: boolean
  /** 0: all. */
  readonly maxAlerts: number
  readonly rateLimitPerMinute: number
  /** 0: each notification is a message. */
  readonly digestMs: number
  readonly fallback: string | undefined
}

export function toChannelBase(raw: z.output<typeof channelBase>): ChannelBase {
  return {
    name: raw.name,
    sendResolved: raw.send_resolved,
    maxAlerts: raw.max_alerts,
    rateLimitPerMinute: raw.rate_limit_per_minute,
    digestMs: raw.digest,
    fallback: raw.fallback,
  }
}
