import { encodeGroupBlock, encodeSeriesBlock, fingerprintOf, parseGroupBlock, parseSeriesBlock } from '@pegel/contracts'
import { checkSeries } from '@pegel/tenancy'
import { enrichGroup, enrichSeries } from './enrich-series.ts'
import type { TenantRules } from './tenant-rules.ts'

export interface KeptSeries {
  readonly status: 'kept'
  /** As it goes into the output. */
  readonly block: Uint8Array
  readonly fingerprintHi: number
  readonly fingerprintLo: number
}

/** What becomes of all points of a series. */
export type SeriesOutcome =
  | KeptSeries
  | { readonly status: 'dropped'; readonly rule: string }
  | { readonly status: 'refused'; readonly reason: string }

export interface OutcomeRequest {
  readonly rules: TenantRules
  readonly groupBlock: Uint8Array
  readonly block: Uint8Array
  /** Limits that the gateway has checked for what came through it. */
  readonly checkLimits: boolean
}

/** A group as it goes into the output. @throws contracts.decode_failed */
export function encodedGroup(block: Uint8Array): Uint8Array {
  return encodeGroupBlock(enrichGroup(parseGroupBlock(block)))
}

/** Computes what the cache keeps. Pure. @throws contracts.decode_failed */
export function outcomeOfSeries({ rules, groupBlock, block, checkLimits }: OutcomeRequest): SeriesOutcome {
  const group = parseGroupBlock(groupBlock)
  const series = parseSeriesBlock(block)
  const reason = checkLimits ? checkSeries(rules.limits, group, series) : undefined
  if (reason !== undefined) return { status: 'refused', reason }
  const enriched = enrichSeries(series, rules)
  if (enriched.status === 'dropped') return enriched
  const { hi, lo } = fingerprintOf(enrichGroup(group), enriched.series)
  return { status: 'kept', block: encodeSeriesBlock(enriched.series), fingerprintHi: hi, fingerprintLo: lo }
}
