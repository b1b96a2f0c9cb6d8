import { encodeSeriesBlock, fingerprintOf, parseGroupBlock, parseSeriesBlock } from '@pegel/contracts'
import type { SeriesRun } from '@pegel/contracts'
import { checkSeries } from '@pegel/tenancy'
import { enrichSeries } from './enrich-series.ts'
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
  readonly source: Pick<SeriesRun, 'group' | 'block'>
  /** The source's group as it goes into the output. */
  readonly groupBlock: Uint8Array
  /** Limits that the gateway has checked for what came through it. */
  readonly checkLimits: boolean
}

/** Computes what the cache keeps. Pure. @throws contracts.decode_failed */
export function outcomeOfSeries({ rules, source, groupBlock, checkLimits }: OutcomeRequest): SeriesOutcome {
  const series = parseSeriesBlock(source.block)
  const reason = checkLimits ? checkSeries(rules.limits, parseGroupBlock(source.group.block), series) : undefined
  if (reason !== undefined) return { status: 'refused', reason }
  const enriched = enrichSeries(series, rules)
  if (enriched.status === 'dropped') return enriched
  const { hi, lo } = fingerprintOf(parseGroupBlock(groupBlock), enriched.series)
  const block = encodeSeriesBlock(enriched.series)
  return { status: 'kept', block, fingerprintHi: hi, fingerprintLo: lo }
}
