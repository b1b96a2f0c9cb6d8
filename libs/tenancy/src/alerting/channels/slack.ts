import { z } from 'zod'
import { channelBase, toChannelBase } from './common.ts'
import type { ChannelBase } from './common.ts'
import { secretRef } from './secret-ref.ts'
import { templatesSchema, toTemplates } from './templates.ts'
import type { TemplatesConfig } from './templates.ts'

export const slackSchema = channelBase.extend({
  type: z.literal('slack'),
  token: secretRef
    .optional()
    .describe('A bot token: one thread a group, updated when it is resolved. Needs `channel`.'),
  channel: z.string().min(1).max(80).optional().describe('Id or name of the Slack channel, with `token`.'),
  webhook_url: secretRef
    .optional()
    .describe('An incoming webhook: messages without threads. Default: SLACK_WEBHOOK_URL.'),
  templates: templatesSchema,
})

export interface SlackChannelConfig extends ChannelBase {
  readonly type: 'slack'
  readonly token: string | undefined
  readonly channel: string | undefined
  readonly webhookUrl: string | undefined
  readonly templates: TemplatesConfig
}

export function toSlackChannel(raw: z.output<typeof slackSchema>): SlackChannelConfig {
  const { type, token, channel, webhook_url: webhookUrl, templates } = raw
  return { ...toChannelBase(raw), type, token, channel, webhookUrl, templates: toTemplates(templates) }
}
