import type { ChannelKind } from './channel.ts'
import { emailChannel } from './email/email.channel.ts'
import { logChannel } from './log.channel.ts'
import { pagerdutyChannel } from './pagerduty/pagerduty.channel.ts'
import { slackChannel } from './slack/slack.channel.ts'
import { webhookChannel } from './webhook/webhook.channel.ts'

/** Every kind of channel that a tenant's file may name. */
export const CHANNEL_KINDS: readonly ChannelKind[] = [
  logChannel as ChannelKind,
  slackChannel as ChannelKind,
  emailChannel as ChannelKind,
  pagerdutyChannel as ChannelKind,
  webhookChannel as ChannelKind,
]
