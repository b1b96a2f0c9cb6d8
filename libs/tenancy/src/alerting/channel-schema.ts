import { z } from 'zod'
import { logSchema, toLogChannel } from './channels/log.ts'
import type { LogChannelConfig } from './channels/log.ts'

/** One kind a line: its settings as they are written, as they are read, and the way between. */
export const channelSchema = z.discriminatedUnion('type', [logSchema])

export type ChannelConfig = LogChannelConfig

export function toChannel(raw: z.output<typeof channelSchema>): ChannelConfig {
  return toLogChannel(raw)
}
