import { z } from 'zod'
import { channelBase, toChannelBase } from './common.ts'
import type { ChannelBase } from './common.ts'
import { secretRef } from './secret-ref.ts'
import { templatesSchema, toTemplates } from './templates.ts'
import type { TemplatesConfig } from './templates.ts'

export const pagerdutySchema = channelBase.extend({
  type: z.literal('pagerduty'),
  routing_key: secretRef.describe('Integration key of a service (Events API v2).'),
  templates: templatesSchema,
})

export interface PagerdutyChannelConfig extends ChannelBase {
  readonly type: 'pagerduty'
  readonly routingKey: string
  readonly templates: TemplatesConfig
}

export function toPagerdutyChannel(raw: z.output<typeof pagerdutySchema>): PagerdutyChannelConfig {
  return {
    ...toChannelBase(raw),
    type: raw.type,
    routingKey: raw.routing_key,
    templates: toTemplates(raw.templates),
  }
}
