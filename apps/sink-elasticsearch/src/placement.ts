import type { TenantConfig } from '@pegel/tenancy'

/** Where a tenant's documents go. No tenant id has a hyphen or a dot, so no tenant can name another's stream or the shared one. */
export interface Placement {
  /** Time series data stream. */
  readonly stream: string
  /** Plain index for points outside the stream's time range. */
  readonly late: string
}

export function placementOf(
  dataset: string,
  { tenant, placement }: Pick<TenantConfig, 'tenant' | 'placement'>,
): Placement {
  return {
    stream: placement === 'dedicated' ? `metrics-${dataset}.tenant-${tenant}` : `metrics-${dataset}.shared-default`,
    late: `metrics-${dataset}.late-${tenant}`,
  }
}

/** Index patterns over all of the above. */
export function patternsOf(dataset: string): { readonly streams: string[]; readonly late: string[] } {
  return {
    streams: [`metrics-${dataset}.tenant-*`, `metrics-${dataset}.shared-*`],
    late: [`metrics-${dataset}.late-*`],
  }
}
