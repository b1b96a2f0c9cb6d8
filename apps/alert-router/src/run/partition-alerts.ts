import { decodeRecord, encodeRecord, isTenantId, PEGEL_TENANT, recordNameOf } from '@pegel/contracts'
import type { AlertActionRecord, AlertRecord, AlertStateRecord, SchemaLookup } from '@pegel/contracts'
import { compilePlan, Deadlines, TenantAlerts } from '@pegel/alerting'
import type { Note, SendOrder, SendOutcome } from '@pegel/alerting'
import { isRetryable, messageOf } from '@pegel/errors'
import type { KafkaRecord, OutgoingRecord } from '@pegel/kafka'
import { PEGEL_CONFIG } from '@pegel/tenancy'
import type { TenantConfig, TenantDirectory } from '@pegel/tenancy'
import { STATE_TOPIC } from '../topics.ts'

export interface PartitionAlertsOptions {
  readonly partition: number
  readonly tenants: Pick<TenantDirectory, 'current'>
  readonly schemas?: SchemaLookup
  /** 0: never. */
  readonly silentAfterMs: number
  /** Whether alerts of the reserved tenant come in this partition. */
  readonly watches: boolean
  readonly states: readonly AlertStateRecord[]
  readonly nowMs: number
}

export type Applied =
  | { readonly status: 'applied'; readonly tenant: string; readonly heartbeat: boolean }
  /** It cannot be judged yet. */
  | { readonly status: 'wait'; readonly reason: string }
  | {
      readonly status: 'skipped'
      readonly reason: 'unreadable' | 'foreign_tenant' | 'unknown_tenant'
      readonly problem: string
    }

export interface Start extends SendOrder {
  readonly tenant: string
}

/** What is to be done, in this order: store the records, begin the sends, write the alerts. */
export interface Output {
  readonly records: readonly OutgoingRecord[]
  readonly starts: readonly Start[]
  readonly emits: readonly AlertRecord[]
  readonly notes: readonly (Note & { readonly tenant: string })[]
}

/** A tenant whose file was just published may be known to the gateway and not here yet. */
const FRESH_MS = 5000
const NAMES = ['Alert', 'AlertAction'] as const
const NOTHING_STORED: readonly AlertStateRecord[] = []

/** Everything that one partition of `alerts` is about: its tenants, and the record up to which they know. No I/O. */
export class PartitionAlerts {
  readonly #options: PartitionAlertsOptions
  readonly #tenants = new Map<string, TenantAlerts>()
  readonly #due = new Deadlines()
  readonly #gone = new Map<string, readonly string[]>()
  /** Last record that the states hold. */
  #offset: number

  constructor(options: PartitionAlertsOptions) {
    this.#options = options
    this.#offset = options.states.reduce((highest, { offset }) => Math.max(highest, offset), -1)
    for (const [tenant, states] of Map.groupBy(options.states, (state) => state.tenant)) {
      const config = this.#configOf(tenant)
      if (config === undefined)
        this.#gone.set(
          tenant,
          states.map(({ kind, id }) => `${kind}/${id}`),
        )
      else this.#open(config, states, options.nowMs)
    }
    const pegel = this.#configOf(PEGEL_TENANT)
    if (options.watches && pegel !== undefined && !this.#tenants.has(PEGEL_TENANT))
      this.#open(pegel, NOTHING_STORED, options.nowMs)
  }

  get offset(): number {
    return this.#offset
  }

  get nextDueMs(): number {
    return this.#due.nextMs
  }

  get alertCount(): number {
    return [...this.#tenants.values()].reduce((sum, { alertCount }) => sum + alertCount, 0)
  }

  get groupCount(): number {
    return [...this.#tenants.values()].reduce((sum, { groupCount }) => sum + groupCount, 0)
  }

  /** Takes in a record that comes after `offset`. */
  apply(record: KafkaRecord, nowMs: number): Applied {
    const result = this.#apply(record, nowMs)
    if (result.status !== 'wait') this.#offset = record.offset
    return result
  }

  tick(nowMs: number): void {
    for (let next = this.#due.take(nowMs); next !== undefined; next = this.#due.take(nowMs)) {
      const tenant = this.#tenants.get(next.key)
      tenant?.tick(nowMs)
      this.#schedule(next.key)
    }
  }

  complete(
    send: { readonly tenant: string; readonly group: string; readonly number: number },
    outcome: SendOutcome,
    nowMs: number,
  ): void {
    this.#tenants.get(send.tenant)?.complete(send.group, send.number, outcome, nowMs)
    this.#schedule(send.tenant)
  }

  /** A version of a tenant's file has come into force, or the tenant is gone. */
  reconfigure(tenant: string, config: TenantConfig | undefined, nowMs: number): void {
    const alerts = this.#tenants.get(tenant)
    if (alerts === undefined) return
    if (config === undefined) {
      this.#gone.set(tenant, alerts.keys())
      this.#tenants.delete(tenant)
    } else alerts.reconfigure(compilePlan(tenant, config.alerting), nowMs)
    this.#schedule(tenant)
  }

  shift(byMs: number): void {
    for (const [tenant, alerts] of this.#tenants) {
      alerts.shift(byMs)
      this.#schedule(tenant)
    }
  }

  tenant(name: string): TenantAlerts | undefined {
    return this.#tenants.get(name)
  }

  takeOutput(): Output {
    const records: OutgoingRecord[] = []
    const starts: Start[] = []
    const emits: AlertRecord[] = []
    const notes: (Note & { readonly tenant: string })[] = []
    for (const [tenant, alerts] of this.#tenants) {
      const effects = alerts.takeEffects()
      for (const key of effects.changed) records.push(this.#record(tenant, key, alerts))
      starts.push(...effects.starts.map((order) => ({ ...order, tenant })))
      emits.push(...effects.emits)
      notes.push(...effects.notes.map((note) => ({ ...note, tenant })))
    }
    for (const [tenant, keys] of this.#gone) for (const key of keys) records.push(this.#record(tenant, key, undefined))
    this.#gone.clear()
    return { records, starts, emits, notes }
  }

  #apply(record: KafkaRecord, nowMs: number): Applied {
    const { value } = record
    if (value === null) return { status: 'skipped', reason: 'unreadable', problem: 'no value' }
    const { schemas } = this.#options
    let read: { readonly alert: AlertRecord } | { readonly action: AlertActionRecord }
    try {
      const name = recordNameOf(NAMES, value, schemas)
      if (name === undefined) return { status: 'skipped', reason: 'unreadable', problem: 'another record' }
      read =
        name === 'Alert'
          ? { alert: decodeRecord('Alert', value, schemas) }
          : { action: decodeRecord('AlertAction', value, schemas) }
    } catch (error) {
      if (isRetryable(error)) return { status: 'wait', reason: messageOf(error) }
      return { status: 'skipped', reason: 'unreadable', problem: messageOf(error) }
    }
    const { tenant } = 'alert' in read ? read.alert : read.action
    if (record.key?.toString('utf8') !== tenant || !isTenantId(tenant))
      return { status: 'skipped', reason: 'foreign_tenant', problem: `a record of ${tenant} under another key` }
    const alerts = this.#alertsOf(tenant, nowMs)
    if (alerts === undefined) {
      if (record.timestampMs > nowMs - FRESH_MS) return { status: 'wait', reason: `tenant ${tenant} is not known yet` }
      return { status: 'skipped', reason: 'unknown_tenant', problem: `no tenant ${tenant}` }
    }
    // A broker whose clock is ahead must not put deadlines off.
    const atMs = Math.min(record.timestampMs, nowMs)
    if ('alert' in read) alerts.alert(read.alert, atMs, nowMs)
    else alerts.action(read.action, atMs, nowMs)
    this.#schedule(tenant)
    return { status: 'applied', tenant, heartbeat: 'action' in read && read.action.heartbeat !== null }
  }

  #alertsOf(tenant: string, nowMs: number): TenantAlerts | undefined {
    const known = this.#tenants.get(tenant)
    const config = known === undefined ? this.#configOf(tenant) : undefined
    return config === undefined ? known : this.#open(config, NOTHING_STORED, nowMs)
  }

  #open({ tenant, alerting }: TenantConfig, states: readonly AlertStateRecord[], nowMs: number): TenantAlerts {
    const { silentAfterMs, watches } = this.#options
    const watchdog = tenant === PEGEL_TENANT && watches && silentAfterMs > 0 ? { watchdog: { silentAfterMs } } : {}
    const alerts = new TenantAlerts({ plan: compilePlan(tenant, alerting), states, nowMs, ...watchdog })
    this.#tenants.set(tenant, alerts)
    this.#schedule(tenant)
    return alerts
  }

  /** The reserved tenant is always there; without a file of its own it has all defaults. */
  #configOf(tenant: string): TenantConfig | undefined {
    const found = this.#options.tenants.current(tenant)
    if (found.status === 'active') return found.config
    return tenant === PEGEL_TENANT ? PEGEL_CONFIG : undefined
  }

  #schedule(tenant: string): void {
    const dueMs = this.#tenants.get(tenant)?.nextDueMs ?? Infinity
    if (dueMs === Infinity) this.#due.delete(tenant)
    else this.#due.set(tenant, dueMs)
  }

  #record(tenant: string, key: string, alerts: TenantAlerts | undefined): OutgoingRecord {
    const state = alerts?.stateOf(key)
    const value = state === undefined ? null : encodeRecord('AlertState', { tenant, offset: this.#offset, ...state })
    return { topic: STATE_TOPIC, key: `${tenant}/${key}`, value, partition: this.#options.partition }
  }
}
