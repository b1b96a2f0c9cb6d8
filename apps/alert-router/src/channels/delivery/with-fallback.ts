import type { Channel } from '../channel.ts'

export interface Fallback {
  readonly name: string
  /** Looked up when it is needed: channels may name each other. */
  readonly channel: () => Channel | undefined
}

/**
 * What one channel cannot deliver goes to another, with neither thread nor address, as those are the first one's. `via` says so. When the
 * other one cannot either, the first one's answer counts.
 */
export function withFallback(channel: Channel, { name, channel: other }: Fallback): Channel {
  return {
    ...(channel.close === undefined ? {} : { close: () => channel.close?.() ?? Promise.resolve() }),
    async send(notification, signal) {
      const result = await channel.send(notification, signal)
      if (result.status === 'sent' || signal.aborted) return result
      const { to: _to, updateOf: _updateOf, ...rest } = notification
      const second = await other()?.send(rest, signal)
      return second?.status === 'sent' ? { status: 'sent', via: name } : result
    },
  }
}
