import { encodeGroupBlock, encodeSeriesBlock, fingerprintOf } from '@pegel/contracts'
import type { Attribute, GroupIdentity, MetricKind, SeriesIdentity, Slab } from '@pegel/contracts'
import { checkGroup, checkSeries } from '@pegel/tenancy'
import type { TenantLimits } from '@pegel/tenancy'
import type { RefusalReason } from './refusals.ts'
import { NEVER } from './series-gate.ts'

/** A group as the writer takes it, judged by the tenant's limits. */
export interface GroupLabels {
  readonly identity: GroupIdentity
  readonly block: Uint8Array
  readonly problem: RefusalReason | undefined
}

/** A series as the writer takes it, judged by the tenant's limits. Without a block when there is a problem. */
export interface SeriesLabels {
  readonly block: Uint8Array
  /** What a series arena gives has its block among others, at `blockAt`; null for what was made for a request. */
  readonly slab: Slab | null
  readonly blockAt: number
  readonly fingerprintHi: number
  readonly fingerprintLo: number
  readonly problem: RefusalReason | undefined
  /** Encoded bytes of the group and of the series: the most that its labels add to a record. */
  readonly labelBytes: number
  /** Stamp of the SeriesGate that let the series in last. */
  admittedAt: number
}

const NOTHING = new Uint8Array(0)

export function labelGroup(limits: TenantLimits, identity: GroupIdentity): GroupLabels {
  const unnamed = hasEmptyKey(identity.resource) || hasEmptyKey(identity.scope.attributes)
  const problem = checkGroup(limits, identity) ?? (unnamed ? 'label_name_missing' : undefined)
  return { identity, problem, block: problem === undefined ? encodeGroupBlock(identity) : NOTHING }
}

export interface LabelSeriesOptions {
  /** Whether histograms without a temporality are allowed: Prometheus' gauge histograms, which accumulate nothing. */
  readonly gaugeHistograms?: boolean
}

export function labelSeries(
  limits: TenantLimits,
  group: GroupLabels,
  identity: SeriesIdentity,
  { gaugeHistograms = false }: LabelSeriesOptions = {},
): SeriesLabels {
  const { kind } = identity
  const gauge = gaugeHistograms && kind !== 'sum'
  const problem = !gauge && lacksTemporality(identity) ? 'temporality_missing' : problemOf(limits, group, identity)
  const made = { slab: null, blockAt: 0, admittedAt: NEVER }
  if (problem !== undefined) {
    return { ...made, block: NOTHING, fingerprintHi: 0, fingerprintLo: 0, problem, labelBytes: 0 }
  }
  const block = encodeSeriesBlock(identity)
  const { hi, lo } = fingerprintOf(group.identity, identity)
  const labelBytes = group.block.length + block.length
  return { ...made, block, fingerprintHi: hi, fingerprintLo: lo, problem, labelBytes }
}

function problemOf(limits: TenantLimits, group: GroupLabels, identity: SeriesIdentity): RefusalReason | undefined {
  if (identity.name === '') return 'name_missing'
  if (group.problem !== undefined) return group.problem
  if (hasEmptyKey(identity.attributes)) return 'label_name_missing'
  return checkSeries(limits, group.identity, identity)
}

function lacksTemporality({ kind, temporality }: SeriesIdentity): boolean {
  return needsTemporality(kind) && temporality === 'unspecified'
}

/** OTLP: those that add up over time mean nothing without it. */
export function needsTemporality(kind: MetricKind): boolean {
  return kind === 'sum' || kind === 'histogram' || kind === 'exponential_histogram'
}

function hasEmptyKey(attributes: readonly Attribute[]): boolean {
  return attributes.some(({ key }) => key === '')
}
