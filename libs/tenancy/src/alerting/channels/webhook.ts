import { z } from 'zod'
import { channelBase, toChannelBase } from './common.ts'
import type { ChannelBase } from './common.ts'
import { secretRef } from './secret-ref.ts'

export const webhookSchema = channelBase.extend({
  type: z.literal('webhook'),
  url: z
    .url({ protocol: /^https?$/ })
    .describe('Where to post. Must lead to a public address, unless the operator allows others.'),
  secret: secretRef.describe('Key of the signature, so that the receiver knows who sent it.'),
})

export interface WebhookChannelConfig extends ChannelBase {
  readonly type: 'webhook'
  readonly url: string
  readonly secret: string
}

export function toWebhookChannel(raw: z.output<typeof webhookSchema>): WebhookChannelConfig {
  const { type, url, secret } = raw
  return { ...toChannelBase(raw), type, url, secret }
}
