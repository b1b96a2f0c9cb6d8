import type { ChannelConfig } from '@pegel/tenancy'
import type { Logger, Metrics } from '@pegel/telemetry'
import type { Egress } from './egress/egress.ts'
import type { Notification } from './notification.ts'
import type { OperatorSettings } from './operator-settings.ts'

/** What became of a send. Expected failures are values; a channel throws for bugs only. */
export type SendResult =
  | {
      readonly status: 'sent'
      /** Thread or message that later notifications of the same occurrence go on in (`updateOf`). */
      readonly ref?: string
      /** The channel that took it, when it was the fallback. */
      readonly via?: string
    }
  /** Nothing was lost: the router keeps it and sends it again, after this time or by its own backoff. */
  | { readonly status: 'retryable'; readonly reason: string; readonly afterMs?: number }
  /** It will not get better by sending again: a wrong address, a refused key. */
  | { readonly status: 'failed'; readonly reason: string }

/**
 * One way to reach somebody. The router stores what it is about to send before it calls `send`, and what came of it after; so a
 * crash between the two sends it again, with the same idempotencyKey.
 */
export interface Channel {
  /**
   * Resolves when the receiver has taken it. May take its time (a rate limit, a digest, a backoff): sends of other groups go on.
   * When the signal aborts it ends soon and sends nothing more; what it resolves with is ignored then.
   */
  send(notification: Notification, signal: AbortSignal): Promise<SendResult>
  close?(): Promise<void>
}

/** What a kind gets besides the settings of the tenant's file. */
export interface ChannelServices {
  readonly tenant: string
  readonly log: Logger
  readonly metrics: Metrics
  /** Value of a secret that the tenant's file names; undefined when there is none. Never logged. */
  readonly secret: (ref: string) => string | undefined
  /** The way out to addresses that a tenant may have chosen. */
  readonly egress: Egress
  readonly operator: OperatorSettings
  /** Wall clock, ms since the epoch. */
  readonly now: () => number
}

/**
 * A kind of channel: one folder here, its settings beside the others in libs/tenancy/src/alerting/channels.
 * Add it to `kinds.ts`, and to the union of settings there.
 */
export interface ChannelKind<T extends ChannelConfig['type'] = ChannelConfig['type']> {
  readonly type: T
  /** Its receivers recognise a repeated idempotencyKey or dedupKey: sending twice has no further effect. */
  readonly idempotent: boolean
  create(config: Extract<ChannelConfig, { readonly type: T }>, services: ChannelServices): Channel
}
