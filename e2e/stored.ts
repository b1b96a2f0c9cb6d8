import type { Cell } from '../tools/demo/verify/compare.ts'
import { readElasticsearch } from '../tools/demo/verify/elasticsearch-read.ts'
import { readInfluxdb } from '../tools/demo/verify/influxdb-read.ts'
import { readPrometheus } from '../tools/demo/verify/prometheus-read.ts'
import type { Pipeline, TestTenant } from './pipeline.ts'

/** What each backend holds of these tenants, since shortly before the pipeline started; by name of the backend. */
export async function storedOf(
  { env, sinceMs }: Pick<Pipeline, 'env' | 'sinceMs'>,
  tenants: readonly TestTenant[],
): Promise<Readonly<Record<'prometheus' | 'elasticsearch' | 'influxdb', readonly Cell[]>>> {
  const names = tenants.map(({ tenant }) => tenant)
  const address = {
    url: env.PEGEL_INFLUXDB_URL ?? '',
    token: env.PEGEL_INFLUXDB_TOKEN ?? '',
    org: env.PEGEL_INFLUXDB_ORG ?? '',
  }
  const ours = (cells: readonly Cell[]): Cell[] => cells.filter(({ tenant }) => names.includes(tenant))
  const selector = `{tenant=~"${names.join('|')}"}`
  const shared = { buckets: ['pegel-shared'], sinceMs }
  return {
    prometheus: await readPrometheus(env.PEGEL_PROMETHEUS_URL ?? '', selector, sinceMs),
    elasticsearch: ours(
      await readElasticsearch(env.PEGEL_ELASTICSEARCH_URL ?? '', () => 'metrics-pegel.shared-default', sinceMs),
    ),
    influxdb: ours(await readInfluxdb(address, () => 'pegel-shared', shared)),
  }
}
