import type { ChannelConfig } from '@pegel/tenancy'
import type { ChannelKind } from './channel.ts'
import { emailChannel } from './email/email.channel.ts'
import { logChannel } from './log.channel.ts'
import { pagerdutyChannel } from './pagerduty/pagerduty.channel.ts'
import { slackChannel } from './slack/slack.channel.ts'
import { webhookChannel } from './webhook/webhook.channel.ts'

export type ChannelKinds = { readonly [T in ChannelConfig['type']]: ChannelKind<T> }

/** Every kind of channel that a tenant's file may name. */
export const CHANNEL_KINDS: ChannelKinds = {
  log: logChannel,
  slack: slackChannel,
  email: emailChannel,
  pagerduty: pagerdutyChannel,
  webhook: webhookChannel,
}
