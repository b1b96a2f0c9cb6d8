import type { AlertActionRecord, AlertRecord } from '@pegel/contracts'
import { decodeRecord, encodeRecord } from '@pegel/contracts'
import { formatProblem, parseTenantYaml } from '@pegel/tenancy'
import { compilePlan, formatLabels, TenantAlerts } from '../../src/index.ts'
import type { AlertPlan, Note, StoredState } from '../../src/index.ts'

export const START_MS = Date.UTC(2026, 0, 5, 12)
const TENANT = 'acme'

/** The section `alerting` of a tenant's file, as YAML. */
export function planOf(alerting: string): AlertPlan {
  const parsed = parseTenantYaml(`tenant: ${TENANT}\nalerting:\n${alerting}`, 'acme.yaml')
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'))
  return compilePlan(TENANT, parsed.config.alerting)
}

export function alertRecord(name: string, overrides: Partial<AlertRecord> = {}): AlertRecord {
  return {
    ...{ tenant: TENANT, id: name, source: 'test', status: 'firing', name, severity: 'warning', labels: {} },
    ...{ annotations: {}, startsAtMs: START_MS, endsAtMs: null, groupId: '', evidence: null, generatorUrl: '' },
    ...overrides,
  }
}

export function actionRecord(overrides: Partial<AlertActionRecord>): AlertActionRecord {
  return {
    ...{ tenant: TENANT, id: 'a', atMs: START_MS, by: 'alice', source: 'api', acknowledge: null, resolve: null },
    ...{ silence: null, expireSilence: null, override: null, expireOverride: null, heartbeat: null },
    ...overrides,
  }
}

export interface Sent {
  /** Seconds since the start. */
  readonly at: number
  readonly to: string
  readonly event: string
  readonly firing: string
  readonly resolved: string
  readonly step?: string
}

/** A send with all that Alertmanager's webhook would say of it. */
export interface Told {
  readonly receiver: string
  readonly groupKey: string
  readonly status: string
  readonly firing: readonly string[]
  readonly resolved: readonly string[]
}

/** A tenant's alerts on a clock that the test turns, with receivers that take everything at once unless told otherwise. */
export class TestTenant {
  readonly sent: Sent[] = []
  readonly told: Told[] = []
  readonly notes: Note[] = []
  readonly emits: AlertRecord[] = []
  readonly stored = new Map<string, Buffer>()
  /** Sends that are to stay under way. */
  holds = false
  nowMs = START_MS
  alerts: TenantAlerts
  #plan: AlertPlan
  readonly #watchdog: { readonly silentAfterMs: number } | undefined
  readonly #started = new Set<string>()

  constructor(alerting: string, watchdog?: { readonly silentAfterMs: number }) {
    this.#plan = planOf(alerting)
    this.#watchdog = watchdog
    this.alerts = this.#open()
    this.settle()
  }

  get seconds(): number {
    return (this.nowMs - START_MS) / 1000
  }

  fire(name: string, labels: Record<string, string> = {}, overrides: Partial<AlertRecord> = {}): void {
    this.take(alertRecord(name, { labels, startsAtMs: this.nowMs, ...overrides }))
  }

  resolve(name: string, labels: Record<string, string> = {}, overrides: Partial<AlertRecord> = {}): void {
    this.take(alertRecord(name, { labels, status: 'resolved', endsAtMs: this.nowMs, ...overrides }))
  }

  take(record: AlertRecord): void {
    this.alerts.alert(record, this.nowMs, this.nowMs)
    this.settle()
  }

  act(action: Partial<AlertActionRecord>): void {
    this.alerts.action(actionRecord({ atMs: this.nowMs, ...action }), this.nowMs, this.nowMs)
    this.settle()
  }

  /** Turns the clock, stopping wherever something is due. */
  pass(seconds: number): void {
    const untilMs = this.nowMs + seconds * 1000
    for (let next = this.alerts.nextDueMs; next <= untilMs; next = this.alerts.nextDueMs) {
      this.nowMs = Math.max(this.nowMs, next)
      this.alerts.tick(this.nowMs)
      this.settle()
    }
    this.nowMs = untilMs
  }

  /** Turns the clock while nobody looks, as in an outage. */
  sleep(seconds: number): void {
    this.nowMs += seconds * 1000
    this.alerts.tick(this.nowMs)
    this.settle()
  }

  /** As after a crash: all that is known is what was stored, byte by byte. */
  restart(): void {
    this.alerts = this.#open()
    this.#started.clear()
    this.settle()
    this.alerts.tick(this.nowMs)
    this.settle()
  }

  reload(alerting: string): void {
    this.#plan = planOf(alerting)
    this.alerts.reconfigure(this.#plan, this.nowMs)
    this.settle()
  }

  /** Stores what has changed, then sends what is to be sent. */
  settle(): void {
    for (let again = true; again;) {
      const { changed, starts, notes, emits } = this.alerts.takeEffects()
      for (const key of changed) this.#store(key)
      this.notes.push(...notes)
      this.emits.push(...emits)
      for (const { group, pending } of starts) {
        const id = `${group.id}/${pending.number}`
        if (this.#started.has(id)) throw new Error(`started twice: ${id}`)
        this.#started.add(id)
        this.#record(group.id, pending.number)
        if (!this.holds) this.alerts.complete(group.id, pending.number, { status: 'sent' }, this.nowMs)
      }
      again = starts.length > 0 && !this.holds
    }
  }

  #record(groupId: string, number: number): void {
    const pending = this.alerts.group(groupId)?.pending.find((each) => each.number === number)
    if (pending === undefined) throw new Error('a send that is not pending')
    const names = (wanted: ReadonlySet<string>): string =>
      this.alerts
        .alertsOf({ firing: wanted, resolved: new Set() })
        .map(({ labels }) => labels.alertname)
        .sort()
        .join()
    const group = this.alerts.group(groupId)
    const labels = (wanted: ReadonlySet<string>): readonly string[] =>
      this.alerts
        .alertsOf({ firing: wanted, resolved: new Set() })
        .map((alert) => formatLabels(alert.labels))
        .sort()
    this.told.push({
      ...{ receiver: group?.receiver ?? '', groupKey: group?.key ?? '', status: pending.event },
      ...{ firing: labels(pending.firing), resolved: labels(pending.resolved) },
    })
    const { channel, to, event, step, round, person } = pending
    const base = { at: this.seconds, to: to === '' ? channel : `${channel}:${to}`, event }
    const sets = { firing: names(pending.firing), resolved: names(pending.resolved) }
    this.sent.push({ ...base, ...sets, ...(step === 0 ? {} : { step: `${round}.${step} ${person}`.trim() }) })
  }

  #open(): TenantAlerts {
    const states: readonly StoredState[] = [...this.stored.values()].map((bytes) => decodeRecord('AlertState', bytes))
    const watchdog = this.#watchdog === undefined ? {} : { watchdog: this.#watchdog }
    return new TenantAlerts({ plan: this.#plan, states, nowMs: this.nowMs, ...watchdog })
  }

  #store(key: string): void {
    const state = this.alerts.stateOf(key)
    if (state === undefined) this.stored.delete(key)
    else this.stored.set(key, encodeRecord('AlertState', { tenant: TENANT, offset: 0, ...state }))
  }
}
