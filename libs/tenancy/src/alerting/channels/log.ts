import { z } from 'zod'
import { channelBase, toChannelBase } from './common.ts'
import type { ChannelBase } from './common.ts'

export const logSchema = channelBase.extend({ type: z.literal('log') })

/** Notifications as lines of the router's log. */
export interface LogChannelConfig extends ChannelBase {
  readonly type: 'log'
}

export function toLogChannel(raw: z.output<typeof logSchema>): LogChannelConfig {
  return { ...toChannelBase(raw), type: raw.type }
}
