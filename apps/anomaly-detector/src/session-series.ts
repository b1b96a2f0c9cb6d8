import type { KafkaRecord } from '@pegel/kafka'
import type { DetectorMeter } from './detector-metrics.ts'
import { resolve } from './series/finding.ts'
import type { Finding, Resolution } from './series/finding.ts'
import { Groups } from './series/groups.ts'
import { openAnomalies } from './series/series-state.ts'
import type { DerivedValue, SeriesState } from './series/series-state.ts'
import { SeriesStore } from './series/series-store.ts'
import type { SeriesPlan } from './watch/series-plan.ts'
import type { TenantWatches } from './watch/tenant-watches.ts'

export interface SessionSeriesOptions {
  readonly maxSeries: number
  readonly meter: DetectorMeter
  /** A state has changed and was not known to be changed. */
  readonly onDirty: (state: SeriesState) => void
  /** A state is gone; what Kafka has of it is to go too. */
  readonly onGone: (state: SeriesState) => void
}

interface Asking {
  readonly record: KafkaRecord
  readonly watches: TenantWatches
  readonly findings: Finding[]
}

/** A series that was to have sent five times and did not, and for five minutes at least, has ended. */
const SILENT_MS = 300_000
const SILENT_INTERVALS = 5
const SWEEP_MS = 5_000

/** The series of one assignment: what is kept, what is open, what began together. */
export class SessionSeries {
  readonly #options: SessionSeriesOptions
  readonly #store: SeriesStore
  readonly #groups = new Groups()
  readonly #open = new Set<SeriesState>()
  readonly #sweptMs = new Map<number, number>()
  #evicted: Finding[] = []

  constructor(options: SessionSeriesOptions) {
    this.#options = options
    this.#store = new SeriesStore({ maxSeries: options.maxSeries, onEvicted: (state) => this.#evict(state) })
  }

  get size(): number {
    return this.#store.size
  }

  restore(state: SeriesState): void {
    this.#store.restore(state)
    if (state.dead) return
    this.#groups.restore(state)
    if (openAnomalies(state).length > 0) this.#open.add(state)
  }

  /** Takes what was learned elsewhere, where nothing is known of the series yet. */
  adopt(state: SeriesState): boolean {
    if (this.#store.knows(state.identity)) return false
    this.restore(state)
    this.#markDirty(state)
    return true
  }

  /** The state of a planned series; undefined when it is not watched. */
  stateFor(plan: SeriesPlan, { record, watches, findings }: Asking): SeriesState | undefined {
    const { identity, watch } = plan
    if (plan.state?.dead === false && plan.adopted) {
      this.#store.touch(plan.state)
      return plan.state
    }
    if (watch === undefined) {
      if (!plan.adopted) this.#unwatch(plan, record, findings)
      return undefined
    }
    const { partition, offset, timestampMs: appendMs } = record
    const opened = this.#store.open({ identity, partition, offset, appendMs, maxSeries: watches.maxSeries })
    if ('refused' in opened) {
      this.#options.meter.refused(identity.tenant, opened.refused)
      return undefined
    }
    const { state } = opened
    if (state.offset < offset) this.#adopt(plan, state, record, findings)
    return (plan.state = state)
  }

  /** A record's points are in this state. */
  touched(state: SeriesState, record: KafkaRecord): void {
    // It may have had to go for a later series of the same record.
    if (state.dead) return
    state.offset = record.offset
    state.lastAppendMs = record.timestampMs
    this.#markDirty(state)
  }

  /** After the last series of a record: groups for what began, and what had to go meanwhile. */
  settle(tenant: string, findings: Finding[], groupWindowMs: number): void {
    this.#groups.assign(tenant, findings, groupWindowMs)
    findings.push(...this.#evicted)
    this.#evicted = []
    for (const { state } of findings) {
      if (!state.dead && openAnomalies(state).length > 0) this.#open.add(state)
      else this.#open.delete(state)
    }
    this.#options.meter.series(this.#store.size)
  }

  /** Ends what is open on series of this record's partition that have fallen silent, by Kafka's clock. */
  endSilent(record: KafkaRecord): readonly Finding[] {
    const { partition, offset, timestampMs: nowMs } = record
    if (nowMs - (this.#sweptMs.get(partition) ?? 0) < SWEEP_MS) return []
    this.#sweptMs.set(partition, nowMs)
    const findings: Finding[] = []
    for (const state of this.#open) {
      const patienceMs = Math.max(SILENT_MS, SILENT_INTERVALS * state.intervalMs)
      if (state.partition !== partition || state.offset >= offset || nowMs - state.lastAppendMs < patienceMs) continue
      findings.push(...this.#endAll(state, { atMs: nowMs, resolution: 'silent' }))
      state.offset = offset
      this.#markDirty(state)
    }
    return findings
  }

  /** Forgets all of a tenant that was deleted. */
  dropTenant(tenant: string): void {
    for (const state of [...this.#store.states(tenant)]) this.#drop(state)
    this.#groups.forget(tenant)
  }

  close(): void {
    this.#store.close()
    this.#open.clear()
  }

  /** A version of the file that does not watch the series any more. */
  #unwatch(plan: SeriesPlan, record: KafkaRecord, findings: Finding[]): void {
    plan.adopted = true
    const state = this.#store.find(plan.identity)
    if (state === undefined || state.offset >= record.offset) return
    findings.push(...this.#endAll(state, { atMs: record.timestampMs, resolution: 'unwatched' }))
    this.#drop(state)
  }

  /** Of a series that another version watched, keeps what this one watches. */
  #adopt(plan: SeriesPlan, state: SeriesState, record: KafkaRecord, findings: Finding[]): void {
    plan.adopted = true
    const left = (derived: DerivedValue): boolean => !plan.names.includes(derived.name)
    if (!state.values.some(left)) return
    findings.push(...this.#endAll(state, { atMs: record.timestampMs, resolution: 'unwatched' }, left))
    state.values = state.values.filter((derived) => !left(derived))
  }

  #endAll(
    state: SeriesState,
    ending: { readonly atMs: number; readonly resolution: Resolution },
    of: (derived: DerivedValue) => boolean = () => true,
  ): Finding[] {
    return openAnomalies(state)
      .filter(([derived]) => of(derived))
      .map(([derived, anomaly]) => resolve({ state, derived, anomaly, value: NaN, ...ending }))
  }

  #evict(state: SeriesState): void {
    this.#options.meter.evicted(state.identity.tenant)
    this.#evicted.push(...this.#endAll(state, { atMs: state.lastTimeMs, resolution: 'evicted' }))
    this.#open.delete(state)
    this.#options.onGone(state)
  }

  #drop(state: SeriesState): void {
    this.#open.delete(state)
    this.#store.remove(state)
    this.#options.onGone(state)
  }

  #markDirty(state: SeriesState): void {
    if (state.dirty) return
    state.dirty = true
    this.#options.onDirty(state)
  }
}
