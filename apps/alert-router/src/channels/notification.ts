/** What a notification tells of its group. `acknowledged` goes only to those who were told of it before. */
export type NotificationEvent = 'firing' | 'acknowledged' | 'resolved'

export interface NotifiedAlert {
  /** 16 hexadecimal digits over the labels: the same alert has the same one, whoever raised it and how often. */
  readonly fingerprint: string
  readonly status: 'firing' | 'resolved'
  /** All that routes match, `alertname`, `severity`, `source` and `tenant` among them. */
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly startsAtMs: number
  /** Null while it is firing. */
  readonly endsAtMs: number | null
  /** What was measured, by name, for templates: value, expected, score … */
  readonly values: Readonly<Record<string, number>>
  /** Where to look; empty when there is nothing. */
  readonly generatorUrl: string
  /** It changes its state so often that a resolve notice is held back. */
  readonly flapping: boolean
}

/** Signed, expiring, each good for one thing; absent where PEGEL_PUBLIC_URL or PEGEL_LINK_SECRET is not set. */
export interface NotificationLinks {
  readonly acknowledge?: string
  readonly resolve?: string
  readonly silence?: string
}

export interface EscalationStep {
  readonly policy: string
  /** From 1. */
  readonly step: number
  /** From 1; more than 1 when nobody acknowledged and the policy began again. */
  readonly round: number
  /** Who is told, when the target is a person. */
  readonly person?: string
}

/**
 * What a channel is to send, as plain data: everything that a template may need, nothing of how the router works.
 * Built anew from the stored intent after a crash, with the same keys.
 */
export interface Notification {
  readonly tenant: string
  readonly event: NotificationEvent
  /** The receiver of the tenant's file that the group's route names. */
  readonly receiver: string
  /** As Alertmanager writes it: `{}/{severity="critical"}:{alertname="DiskFull"}`. */
  readonly groupKey: string
  /** Short form of the tenant's group, for people and commands: 16 hexadecimal digits. */
  readonly groupId: string
  readonly groupLabels: Readonly<Record<string, string>>
  readonly commonLabels: Readonly<Record<string, string>>
  readonly commonAnnotations: Readonly<Record<string, string>>
  /** Firing ones first, oldest first. */
  readonly alerts: readonly NotifiedAlert[]
  /** Left out because of the channel's max_alerts. */
  readonly truncatedAlerts: number
  readonly links: NotificationLinks
  /** Absent: a plain notification of the route, no step of a policy. */
  readonly escalation?: EscalationStep
  /** Who acknowledged, while it is. */
  readonly acknowledgedBy?: string
  /** An address instead of the one in the channel's settings: a mailbox, a Slack channel or user, a routing key. */
  readonly to?: string
  /** The same for everything about one occurrence of the group through one channel and address: PagerDuty's dedup_key. */
  readonly dedupKey: string
  /** The same when this very notification is sent again after a crash, and never for another. */
  readonly idempotencyKey: string
  /** What the first send of this occurrence through this channel and address gave back: the thread or message to go on in. */
  readonly updateOf?: string
  /** When it became due, ms since the Unix epoch. */
  readonly dueAtMs: number
}
