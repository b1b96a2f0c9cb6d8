import { createHash } from 'node:crypto'
import type { Channel, SendResult } from '../channel.ts'
import type { Notification } from '../notification.ts'

interface Waiting {
  readonly notification: Notification
  readonly signal: AbortSignal
  readonly done: (result: SendResult) => void
}

/** Sends that collect more alerts than this go out at once. */
const MAX_WAITING = 50

/**
 * Collects what comes for the same address within a time into one message. Each sender learns what became of the message that its
 * notification went into; what a crash leaves unsent the router sends again, each by itself.
 */
export function digested(channel: Channel, windowMs: number): Channel {
  const waiting = new Map<string, { readonly all: Waiting[]; readonly timer: NodeJS.Timeout }>()
  const flush = async (address: string): Promise<void> => {
    const { all = [], timer } = waiting.get(address) ?? {}
    clearTimeout(timer)
    waiting.delete(address)
    const open = all.filter(({ signal }) => !signal.aborted)
    for (const { done } of all.filter(({ signal }) => signal.aborted)) done({ status: 'retryable', reason: 'aborted' })
    const [first] = open
    if (first === undefined) return
    const message = open.length === 1 ? first.notification : merge(open.map(({ notification }) => notification))
    const together = allAborted(open.map(({ signal }) => signal))
    const result = await channel.send(message, together.signal).finally(together.stop)
    // The message is of all of them: none may go on in it as its own, to say that it is resolved.
    const shared: SendResult = open.length > 1 && result.status === 'sent' ? { status: 'sent' } : result
    for (const { done } of open) done(shared)
  }
  return {
    send(notification, signal) {
      const address = notification.to ?? ''
      return new Promise((done) => {
        const entry = waiting.get(address) ?? { all: [], timer: setTimeout(() => void flush(address), windowMs) }
        waiting.set(address, entry)
        entry.all.push({ notification, signal, done })
        if (entry.all.length >= MAX_WAITING) void flush(address)
      })
    },
    async close() {
      await Promise.all([...waiting.keys()].map(flush))
      await channel.close?.()
    },
  }
}

/** Aborts when all have: whoever gives up does not take the others' message along. */
function allAborted(signals: readonly AbortSignal[]): { readonly signal: AbortSignal; readonly stop: () => void } {
  const all = new AbortController()
  const onAbort = (): void => {
    if (signals.every(({ aborted }) => aborted)) all.abort()
  }
  for (const signal of signals) signal.addEventListener('abort', onAbort)
  const stop = (): void => {
    for (const signal of signals) signal.removeEventListener('abort', onAbort)
  }
  return { signal: all.signal, stop }
}

/** One message of several groups: links act on one group alone, so that it has none. */
function merge(all: readonly Notification[]): Notification {
  const [first] = all as readonly [Notification]
  const keys = all.map(({ idempotencyKey }) => idempotencyKey).sort()
  const key = createHash('sha256').update(keys.join('\n')).digest('hex').slice(0, 32)
  const { tenant, receiver, to, dueAtMs } = first
  return {
    ...{ tenant, receiver, dueAtMs, ...(to === undefined ? {} : { to }) },
    event: all.every(({ event }) => event === 'resolved') ? 'resolved' : 'firing',
    ...{
      groupKey: `digest:${key}`,
      groupId: key.slice(0, 16),
      groupLabels: {},
      commonLabels: {},
      commonAnnotations: {},
    },
    alerts: all.flatMap(({ alerts }) => alerts),
    truncatedAlerts: all.reduce((sum, { truncatedAlerts }) => sum + truncatedAlerts, 0),
    links: {},
    ...{ dedupKey: `digest:${key}`, idempotencyKey: `digest:${key}` },
  }
}
