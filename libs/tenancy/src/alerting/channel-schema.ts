import { z } from 'zod'
import { emailSchema, toEmailChannel } from './channels/email.ts'
import type { EmailChannelConfig } from './channels/email.ts'
import { logSchema, toLogChannel } from './channels/log.ts'
import type { LogChannelConfig } from './channels/log.ts'
import { pagerdutySchema, toPagerdutyChannel } from './channels/pagerduty.ts'
import type { PagerdutyChannelConfig } from './channels/pagerduty.ts'
import { slackSchema, toSlackChannel } from './channels/slack.ts'
import type { SlackChannelConfig } from './channels/slack.ts'
import { toWebhookChannel, webhookSchema } from './channels/webhook.ts'
import type { WebhookChannelConfig } from './channels/webhook.ts'

/** One kind a line: its settings as they are written, as they are read, and the way between. */
export const channelSchema = z
  .discriminatedUnion('type', [logSchema, slackSchema, emailSchema, pagerdutySchema, webhookSchema])
  .superRefine((channel, context) => {
    if (channel.type === 'pagerduty' && channel.digest > 0)
      context.addIssue({ code: 'custom', path: ['digest'], message: 'An incident is of one group: leave digest out.' })
    if (channel.type !== 'slack' || (channel.token === undefined) === (channel.channel === undefined)) return
    context.addIssue({ code: 'custom', path: ['token'], message: 'Write both token and channel, or none of them.' })
  })

export type ChannelConfig =
  LogChannelConfig | SlackChannelConfig | EmailChannelConfig | PagerdutyChannelConfig | WebhookChannelConfig

export function toChannel(raw: z.output<typeof channelSchema>): ChannelConfig {
  switch (raw.type) {
    case 'log':
      return toLogChannel(raw)
    case 'slack':
      return toSlackChannel(raw)
    case 'email':
      return toEmailChannel(raw)
    case 'pagerduty':
      return toPagerdutyChannel(raw)
    case 'webhook':
      return toWebhookChannel(raw)
  }
}
