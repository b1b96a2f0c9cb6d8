import { readBatch, SeriesCache } from '@pegel/contracts'
import type { MetricPoints, ReadBatch, SchemaLookup, SeriesRun } from '@pegel/contracts'
import { isRetryable, PegelError } from '@pegel/errors'
import type { KafkaRecord, OutgoingRecord } from '@pegel/kafka'
import type { TenantDirectory, TenantLookup } from '@pegel/tenancy'
import type { DetectorMeter, SkipReason } from './detector-metrics.ts'
import { alertOutputs } from './emit/alert-record.ts'
import { anomalyOutput } from './emit/anomaly-record.ts'
import type { Finding } from './series/finding.ts'
import type { SeriesState } from './series/series-state.ts'
import { watchPoint } from './series/watch-point.ts'
import type { SessionSeries } from './session-series.ts'
import { createPlan } from './watch/series-plan.ts'
import type { SeriesPlan } from './watch/series-plan.ts'
import { compileWatches } from './watch/tenant-watches.ts'
import type { TenantWatches } from './watch/tenant-watches.ts'

export interface ScorerOptions {
  readonly tenants: Pick<TenantDirectory, 'at' | 'current'>
  readonly schemas?: SchemaLookup
  readonly series: SessionSeries
  readonly meter: DetectorMeter
}

/** What became of a record. `wait`: it cannot be judged yet, its partition waits and asks again. */
export type Scored =
  | { readonly status: 'scored'; readonly outputs: readonly OutgoingRecord[] }
  | { readonly status: 'skipped'; readonly reason: SkipReason }
  | { readonly status: 'wait'; readonly reason: string }

const MAX_COMPILED = 4096

/**
 * A function of (the series' states, a record, the version of the tenant's file that the record names): the same three give the same events.
 * So a record that comes again after a crash gives events that are known already, by id.
 */
export class Scorer {
  readonly #options: ScorerOptions
  readonly #compiled = new Map<string, TenantWatches>()
  readonly #plans = new SeriesCache<SeriesPlan>()

  constructor(options: ScorerOptions) {
    this.#options = options
  }

  score(record: KafkaRecord): Scored {
    const batch = this.#read(record)
    if ('status' in batch) return batch
    const { tenant, configVersion } = batch.envelope
    if (record.key?.toString('utf8') !== tenant) return { status: 'skipped', reason: 'foreign_tenant' }
    const found = this.#lookUp(tenant, configVersion)
    if (found.status === 'deleted') return { status: 'skipped', reason: 'tenant_deleted' }
    if (found.status === 'unknown') return { status: 'skipped', reason: 'unknown_tenant' }
    if (found.status !== 'active') return { status: 'wait', reason: 'tenant_version_unknown' }
    const watches = this.#compile(`${tenant}@${found.config.version}`, () => compileWatches(found.config))
    return { status: 'scored', outputs: this.#scoreAll(record, watches, batch.points) }
  }

  #read(record: KafkaRecord): ReadBatch | Scored {
    try {
      return readBatch(record.value ?? new Uint8Array(), this.#options.schemas)
    } catch (error) {
      if (isRetryable(error) && error instanceof PegelError) return { status: 'wait', reason: error.code }
      return { status: 'skipped', reason: 'unreadable' }
    }
  }

  /** A version that is superseded for long and forgotten is judged by the newest; `unknown` is then a tenant that there is not. */
  #lookUp(tenant: string, version: number): TenantLookup {
    const { tenants } = this.#options
    const found = tenants.at(tenant, version)
    return found.status === 'unknown' ? tenants.current(tenant) : found
  }

  #compile(key: string, make: () => TenantWatches): TenantWatches {
    const known = this.#compiled.get(key)
    if (known !== undefined) return known
    if (this.#compiled.size >= MAX_COMPILED) this.#compiled.clear()
    const made = make()
    this.#compiled.set(key, made)
    return made
  }

  #scoreAll(record: KafkaRecord, watches: TenantWatches, points: MetricPoints): readonly OutgoingRecord[] {
    const { series, meter } = this.#options
    const { tenant } = watches
    const scope = `${tenant}@${watches.version}`
    const findings: Finding[] = [...series.endSilent(record)]
    const touched = new Set<SeriesState>()
    const tally = new Map<string, number>()
    for (const run of points.series) {
      const plan = this.#plans.getOrCreate(scope, run, (each) => createPlan(watches, each))
      const state = series.stateFor(plan, { record, watches, findings })
      if (state === undefined) continue
      if (state.offset >= record.offset) add(tally, 'replayed', run.count)
      else {
        touched.add(state)
        scoreRun({ state, plan, run, points, offset: record.offset, watches, findings, tally })
      }
    }
    // Only now: a series may have several runs in one record.
    for (const state of touched) series.touched(state, record)
    series.settle(tenant, findings, watches.groupWindowMs)
    for (const [outcome, count] of tally) meter.points(tenant, outcome, count)
    return outputsOf(findings, meter)
  }
}

/** Events in the order in which they were found. */
export function outputsOf(findings: readonly Finding[], meter: DetectorMeter): readonly OutgoingRecord[] {
  return findings.flatMap((finding) => {
    meter.found(finding)
    return [anomalyOutput(finding), ...alertOutputs(finding)]
  })
}

interface RunScoring {
  readonly state: SeriesState
  readonly plan: SeriesPlan
  readonly run: SeriesRun
  readonly points: MetricPoints
  readonly offset: number
  readonly watches: TenantWatches
  readonly findings: Finding[]
  readonly tally: Map<string, number>
}

function scoreRun({ state, plan, run, points, offset, watches, findings, tally }: RunScoring): void {
  const { watch, identity, names } = plan
  if (watch === undefined) return
  const { timeMs, timeNs, value, flags, complex } = points.columns
  const sight = { watch, identity, names, offset, inMaintenance: watches.inMaintenance, findings }
  for (let index = run.first; index < run.first + run.count; index += 1) {
    const point = {
      timeMs: timeMs[index] ?? 0,
      timeNs: timeNs[index] ?? 0,
      startTimeMs: run.startTimeMs,
      value: value[index] ?? NaN,
      flags: flags[index] ?? 0,
      complex: complex?.[index],
    }
    add(tally, watchPoint(state, point, sight), 1)
  }
}

function add(tally: Map<string, number>, outcome: string, count: number): void {
  tally.set(outcome, (tally.get(outcome) ?? 0) + count)
}
