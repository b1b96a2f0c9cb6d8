import type { ChannelConfig } from '@pegel/tenancy'
import type { Channel, ChannelServices } from './channel.ts'
import { CHANNEL_KINDS } from './kinds.ts'

/**
 * The channel as the router uses it.
 * @param all of the tenant's file, where a fallback is found
 */
export function openChannel(config: ChannelConfig, _all: readonly ChannelConfig[], services: ChannelServices): Channel {
  return CHANNEL_KINDS[config.type].create(config, services)
}
