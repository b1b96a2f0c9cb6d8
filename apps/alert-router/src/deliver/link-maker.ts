import { LINK_ACTIONS, signLink } from '@pegel/alerting'
import type { LinkClaim } from '@pegel/alerting'
import type { NotificationLinks } from '../channels/notification.ts'

export interface LinkMakerOptions {
  readonly publicUrl: string | undefined
  readonly secret: string | undefined
  readonly ttlMs: number
}

export type LinkSubject = Omit<LinkClaim, 'action' | 'expiresAtMs'>

/** Makes the links of a notification. They expire counted from when it was due, so that a repetition carries the same ones. */
export class LinkMaker {
  readonly #options: LinkMakerOptions

  constructor(options: LinkMakerOptions) {
    this.#options = options
  }

  linksOf(subject: LinkSubject, dueAtMs: number): NotificationLinks {
    const { publicUrl, secret, ttlMs } = this.#options
    if (publicUrl === undefined || secret === undefined) return {}
    const { labels = {}, ...rest } = subject
    // A silence of no labels would silence everything.
    const actions = LINK_ACTIONS.filter((action) => action !== 'silence' || Object.keys(labels).length > 0)
    const pairs = actions.map((action) => {
      const claim: LinkClaim = {
        ...rest,
        action,
        expiresAtMs: dueAtMs + ttlMs,
        ...(action === 'silence' ? { labels } : {}),
      }
      return [action, `${publicUrl.replace(/\/+$/, '')}/alerts/act?token=${signLink(claim, secret)}`]
    })
    return Object.fromEntries(pairs) as NotificationLinks
  }
}
