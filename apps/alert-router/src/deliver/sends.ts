import { setTimeout as sleep } from 'node:timers/promises'
import type { Alert, Group, Pending, SendOutcome } from '@pegel/alerting'
import { messageOf } from '@pegel/errors'
import type { Logger } from '@pegel/telemetry'
import type { SendResult } from '../channels/channel.ts'
import type { Lease } from '../run/lease.ts'
import type { RouterMeter } from '../router-metrics.ts'
import { buildNotification } from './build-notification.ts'
import type { LinkMaker } from './link-maker.ts'
import type { ChannelBook } from './channel-book.ts'

export interface SendId {
  readonly partition: number
  readonly tenant: string
  readonly group: string
  readonly number: number
}

/** What is known when a send begins. */
export interface SendSubject {
  readonly group: Group
  readonly pending: Pending
  readonly alerts: readonly Alert[]
}

export interface SendsOptions {
  readonly channels: Pick<ChannelBook, 'open'>
  readonly links: Pick<LinkMaker, 'linksOf'>
  readonly meter: RouterMeter
  readonly log: Logger
  readonly now: () => number
}

interface Known {
  readonly partition: number
  readonly done: Promise<SendOutcome | undefined>
}

const BACKOFF_MS = [1000, 2000, 5000, 10_000, 30_000, 60_000]
/** An outcome is remembered for so long, should the partition come back before it could be stored. */
const REMEMBER_MS = 60_000

/**
 * Sends of this process that are under way or were done a moment ago. They outlive the memory of a partition: when that is read anew, by a
 * rebalance or after trouble with Kafka, a send that is pending there and known here is not begun a second time.
 */
export class Sends {
  readonly #options: SendsOptions
  readonly #known = new Map<string, Known>()
  readonly #scopes = new Map<number, AbortController>()
  readonly #counts = new Map<number, number>()

  constructor(options: SendsOptions) {
    this.#options = options
  }

  /** Sends of a partition that have no outcome yet. */
  underWay(partition: number): number {
    return this.#counts.get(partition) ?? 0
  }

  begin(
    send: SendId,
    subject: SendSubject,
    { lease, onDone }: { readonly lease: Lease; readonly onDone: (outcome: SendOutcome) => void },
  ): void {
    const key = keyOf(send)
    const known = this.#known.get(key) ?? { partition: send.partition, done: this.#deliver(send, subject, lease) }
    this.#known.set(key, known)
    void known.done.then((outcome) => {
      if (outcome === undefined) this.#forget(key, known)
      else {
        onDone(outcome)
        setTimeout(() => this.#forget(key, known), REMEMBER_MS).unref()
      }
    })
  }

  /** These partitions are not ours any more (all of them when none is named): nothing of theirs is sent again from here. */
  release(partitions: readonly number[] = [...this.#scopes.keys()]): void {
    for (const partition of partitions) {
      this.#scopes.get(partition)?.abort()
      this.#scopes.delete(partition)
      for (const [key, known] of this.#known) if (known.partition === partition) this.#known.delete(key)
    }
  }

  /** Undefined: nothing came of it, and it is pending still. */
  async #deliver(send: SendId, subject: SendSubject, lease: Lease): Promise<SendOutcome | undefined> {
    const signal = this.#scopeOf(send.partition)
    this.#count(send.partition, 1)
    try {
      for (let attempt = 0; ; attempt += 1) {
        if (signal.aborted || !lease.isHeld) return undefined
        const result = await this.#attempt(send, subject, { attempt, signal })
        if (isAborted(signal)) return undefined
        if (result.status === 'sent')
          return result.ref === undefined ? { status: 'sent' } : { status: 'sent', ref: result.ref }
        this.#failed(send, subject, result)
        if (result.status === 'failed') return { status: 'failed' }
        const backoffMs = BACKOFF_MS[Math.min(attempt, BACKOFF_MS.length - 1)] ?? 0
        await sleep(result.afterMs ?? backoffMs, undefined, { signal }).catch(() => undefined)
      }
    } finally {
      this.#count(send.partition, -1)
    }
  }

  async #attempt(
    send: SendId,
    subject: SendSubject,
    { attempt, signal }: { readonly attempt: number; readonly signal: AbortSignal },
  ): Promise<SendResult> {
    const { channels, links, meter, log, now } = this.#options
    const { tenant } = send
    const { pending, group } = subject
    const opened = channels.open(tenant, pending.channel)
    if (opened === undefined)
      return { status: 'failed', reason: `channel ${pending.channel} does not stand in the tenant's file any more` }
    const notification = buildNotification({ tenant, ...subject, maxAlerts: opened.config.maxAlerts, links })
    const sinceMs = pending.eventAtMs > 0 ? pending.eventAtMs : pending.dueAtMs
    if (attempt === 0) meter.requested(opened.config.type, (now() - sinceMs) / 1000)
    try {
      const result = await opened.channel.send(notification, signal)
      meter.sent(tenant, opened.config.type, { event: pending.event, status: result.status })
      if (result.status === 'sent' && result.via !== undefined) this.#fellBack(send, subject, result.via)
      return result
    } catch (error) {
      // A channel that throws has a bug; what it was to send is not lost for that.
      log.error('a channel failed', { tenant_id: tenant, channel: pending.channel, group: group.id, error })
      meter.sent(tenant, opened.config.type, { event: pending.event, status: 'retryable' })
      return { status: 'retryable', reason: messageOf(error) }
    }
  }

  #fellBack({ tenant }: SendId, { pending: { channel }, group: { id: group } }: SendSubject, via: string): void {
    const { channels, meter, log } = this.#options
    meter.fellBack(tenant, channels.open(tenant, channel)?.config.type ?? 'unknown')
    log.warn('the fallback took a notification', { tenant_id: tenant, channel, via, group })
  }

  #scopeOf(partition: number): AbortSignal {
    let scope = this.#scopes.get(partition)
    if (scope === undefined) this.#scopes.set(partition, (scope = new AbortController()))
    return scope.signal
  }

  #count(partition: number, by: number): void {
    this.#counts.set(partition, this.underWay(partition) + by)
    this.#options.meter.underWay([...this.#counts.values()].reduce((sum, count) => sum + count, 0))
  }

  #forget(key: string, known: Known): void {
    if (this.#known.get(key) === known) this.#known.delete(key)
  }

  #failed(
    { tenant }: SendId,
    { pending, group }: SendSubject,
    { status, reason }: { status: string; reason: string },
  ): void {
    const { channel, event, number } = pending
    this.#options.log.warn('a notification was not sent', {
      tenant_id: tenant,
      channel,
      event,
      group: group.id,
      number,
      status,
      reason,
    })
  }
}

function keyOf({ partition, tenant, group, number }: SendId): string {
  return `${partition}/${tenant}/${group}/${number}`
}

/** Asked anew after an await, which the type checker does not see. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted
}
