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
  const since = { sinceMs, tenants: names }
  const address = {
    url: env.PEGEL_INFLUXDB_URL ?? '',
    token: env.PEGEL_INFLUXDB_TOKEN ?? '',
    org: env.PEGEL_INFLUXDB_ORG ?? '',
  }
  const stream = 'metrics-pegel.shared-default'
  return {
    prometheus: await readPrometheus(env.PEGEL_PROMETHEUS_URL ?? '', `{tenant=~"${names.join('|')}"}`, sinceMs),
    elasticsearch: await readElasticsearch(env.PEGEL_ELASTICSEARCH_URL ?? '', () => stream, since),
    influxdb: await readInfluxdb(address, () => 'pegel-shared', { buckets: ['pegel-shared'], ...since }),
  }
}
