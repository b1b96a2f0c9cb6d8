import { z } from 'zod'
import { channelBase, toChannelBase } from './common.ts'
import type { ChannelBase } from './common.ts'
import { templatesSchema, toTemplates } from './templates.ts'
import type { TemplatesConfig } from './templates.ts'

export const emailSchema = channelBase.extend({
  type: z.literal('email'),
  to: z.array(z.email()).min(1).max(50).describe('Who gets it. The server is the operator’s: EMAIL_SMTP_SERVER.'),
  templates: templatesSchema,
})

export interface EmailChannelConfig extends ChannelBase {
  readonly type: 'email'
  readonly addresses: readonly string[]
  readonly templates: TemplatesConfig
}

export function toEmailChannel(raw: z.output<typeof emailSchema>): EmailChannelConfig {
  return { ...toChannelBase(raw), type: raw.type, addresses: raw.to, templates: toTemplates(raw.templates) }
}
