import type { Channel } from '../channel.ts'
import type { Notification } from '../notification.ts'

export interface Fallback {
  readonly name: string
  /** Looked up when it is needed: channels may name each other. */
  readonly channel: () => Channel | undefined
}

/**
 * What one channel cannot deliver goes to another, with neither thread nor address, as those are the first one's. `via` says so. When the
 * other one cannot either, it is kept for later as long as one of the two may come back.
 */
export function withFallback(channel: Channel, { name, channel: other }: Fallback): Channel {
  return {
    ...(channel.close === undefined ? {} : { close: () => channel.close?.() ?? Promise.resolve() }),
    async send(notification, signal) {
      const result = await channel.send(notification, signal)
      if (result.status === 'sent' || signal.aborted) return result
      const second = await other()?.send(withoutPlace(notification), signal)
      if (second?.status === 'sent') return { status: 'sent', via: name }
      return result.status === 'failed' && second?.status === 'retryable' ? second : result
    },
  }
}

function withoutPlace(notification: Notification): Notification {
  const copy: { -readonly [K in keyof Notification]: Notification[K] } = { ...notification }
  delete copy.to
  delete copy.updateOf
  return copy
}
