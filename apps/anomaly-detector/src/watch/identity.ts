import { createHash } from 'node:crypto'
import { fingerprintHex, fingerprintOf, identityBytes, parseGroupBlock, parseSeriesBlock } from '@pegel/contracts'
import type { Attribute, GroupIdentity, SeriesIdentity, SeriesRun } from '@pegel/contracts'

/** Who a series is, parsed once and shared by everything that is kept of it. */
export interface WatchedIdentity extends Pick<SeriesIdentity, 'kind' | 'temporality' | 'monotonic' | 'unit'> {
  readonly tenant: string
  readonly metric: string
  /** 16 hexadecimal digits. */
  readonly fingerprint: string
  /** Tells series of one fingerprint apart. */
  readonly digest: string
  readonly labels: Readonly<Record<string, string>>
  readonly resource: Readonly<Record<string, string>>
}

/** @throws contracts.decode_failed */
export function identityOfRun(tenant: string, run: SeriesRun): WatchedIdentity {
  return identityOf(tenant, parseGroupBlock(run.group.block), parseSeriesBlock(run.block))
}

export function identityOf(tenant: string, group: GroupIdentity, series: SeriesIdentity): WatchedIdentity {
  const { name: metric, kind, temporality, monotonic, unit } = series
  return {
    ...{ tenant, metric, kind, temporality, monotonic, unit },
    fingerprint: fingerprintHex(fingerprintOf(group, series)),
    digest: createHash('sha256').update(identityBytes(group, series)).digest('base64url').slice(0, 22),
    labels: plain(series.attributes),
    resource: plain(group.resource),
  }
}

export function keyOf({ tenant, fingerprint }: Pick<WatchedIdentity, 'tenant' | 'fingerprint'>): string {
  return `${tenant}/${fingerprint}`
}

function plain(attributes: readonly Attribute[]): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value]))
}
