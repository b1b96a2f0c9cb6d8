import type { ChannelConfig } from '@pegel/tenancy'
import { messageOf } from '@pegel/errors'
import type { Channel, ChannelServices } from './channel.ts'
import { digested } from './delivery/digest.ts'
import { limited } from './delivery/limited.ts'
import { retried } from './delivery/retried.ts'
import { withFallback } from './delivery/with-fallback.ts'
import { CHANNEL_KINDS } from './kinds.ts'
import type { ChannelKinds } from './kinds.ts'

export interface OpenChannels {
  /** Undefined: the tenant's file has none of that name. */
  get(name: string): Channel | undefined
  close(): Promise<void>
}

const RETRY = { attempts: 3, firstWaitMs: 500 } as const

/**
 * A tenant's channels as its file has them, each with what all have in common around it: digest → fallback → retries → rate limit → the kind.
 * A channel that cannot be opened (a template that is not usable) fails its sends, and says why; the others work.
 */
export function openChannels(
  configs: readonly ChannelConfig[],
  services: ChannelServices,
  kinds: ChannelKinds = CHANNEL_KINDS,
): OpenChannels {
  const direct = new Map(configs.map((config) => [config.name, directChannel(config, services, kinds)]))
  const open = new Map<string, Channel>()
  for (const { name, fallback, digestMs } of configs) {
    let channel = direct.get(name)
    if (channel === undefined) continue
    // The other channel itself, without its own fallback: two that name each other end after both were tried.
    if (fallback !== undefined) channel = withFallback(channel, { name: fallback, channel: () => direct.get(fallback) })
    open.set(name, digestMs === 0 ? channel : digested(channel, digestMs))
  }
  return {
    get: (name) => open.get(name),
    async close() {
      for (const channel of open.values()) await channel.close?.()
    },
  }
}

function directChannel(config: ChannelConfig, services: ChannelServices, kinds: ChannelKinds): Channel {
  try {
    const channel = limited(kinds[config.type].create(config as never, services), {
      perMinute: config.rateLimitPerMinute,
    })
    return retried(channel, RETRY)
  } catch (error) {
    const reason = messageOf(error)
    services.log.error('channel cannot be opened', {
      tenant_id: services.tenant,
      channel: config.name,
      problem: reason,
    })
    return { send: () => Promise.resolve({ status: 'failed', reason }) }
  }
}
