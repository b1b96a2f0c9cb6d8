import type { WorldTenant } from './pegel-world.ts'

const LIMITS = ['points_per_second', 'burst_points', 'bytes_per_second', 'burst_bytes', 'max_active_series']

/** Tenants that nothing limits: `bench0`, `bench1`, … */
export function unlimitedTenants(count: number, yaml = ''): readonly WorldTenant[] {
  const limits = LIMITS.map((limit) => `${limit}: 1000000000000`).join(', ')
  return Array.from({ length: count }, (_none, index) => ({
    tenant: `bench${index}`,
    yaml: `limits: {${limits}}\n${yaml}`,
  }))
}
