import { z } from 'zod'

export const alertingName = z
  .string()
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$/, 'Use letters, digits and _ . -, at most 63 of them.')

/** What every kind of channel has. A kind adds its own keys with `.extend()`, `type` among them. */
export const channelBase = z.strictObject({
  name: alertingName.describe('What receivers, people and steps call it.'),
  send_resolved: z.boolean().default(true).describe('Whether it is told when a group is resolved.'),
  max_alerts: z.int().min(0).max(1000).default(0).describe('Alerts listed in one notification at most; 0: all.'),
  fallback: alertingName.optional().describe('The channel that takes over when this one fails.'),
})

/** The same, as services read it. */
export interface ChannelBase {
  readonly name: string
  readonly sendResolved: boolean
  /** 0: all. */
  readonly maxAlerts: number
  readonly fallback: string | undefined
}

export function toChannelBase(raw: z.output<typeof channelBase>): ChannelBase {
  const { name, send_resolved: sendResolved, max_alerts: maxAlerts, fallback } = raw
  return { name, sendResolved, maxAlerts, fallback }
}
