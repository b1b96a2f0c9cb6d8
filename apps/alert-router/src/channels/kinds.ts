import type { ChannelConfig } from '@pegel/tenancy'
import type { ChannelKind } from './channel.ts'
import { logChannel } from './log.channel.ts'

/** Every kind of channel that a tenant's file may name. */
export const CHANNEL_KINDS: { readonly [T in ChannelConfig['type']]: ChannelKind<T> } = { log: logChannel }
