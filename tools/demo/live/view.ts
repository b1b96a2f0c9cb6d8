/** What the live table shows: plain data, so that it can be rendered and tested without anything running. */
export interface View {
  readonly elapsedMs: number
  readonly tenants: readonly TenantView[]
  readonly sinks: readonly string[]
  /** undefined while the ledger has not been read yet. */
  readonly balanced: boolean | undefined
  /** One line of news: a service that was killed, a restart. */
  readonly note: string
}

export interface TenantView {
  readonly tenant: string
  readonly received: number
  readonly dropped: number
  readonly refused: number
  readonly sinks: Readonly<Record<string, SinkView>>
  /** Over all sinks, from receipt to outcome; undefined before the first delivery. */
  readonly freshness: { readonly p50Ms: number; readonly p99Ms: number } | undefined
  /** Points that closed windows of the ledger do not account for. */
  readonly unbalanced: number
}

export interface SinkView {
  /** Stored: delivered, or found to be there already. */
  readonly stored: number
  readonly inFlight: number
  /** Collapsed, collided, unsupported, not routed, dead letters, parked, expired. */
  readonly other: number
}
