import type { DemoStack } from '../run/stack.ts'

export interface AddressOptions {
  readonly gateway: string
  readonly stack: DemoStack
  readonly env: Readonly<Record<string, string>>
  /** The page of the mails. */
  readonly mailbox: string
  /** Where the demo keeps its files, for people. */
  readonly dir: string
}

/** Where to look while it runs: commands that can be pasted into another terminal. */
export function addressLines({ gateway, stack, env, mailbox, dir }: AddressOptions): string[] {
  const [prometheus, elasticsearch, influxdb, victoria] = (
    ['prometheus', 'elasticsearch', 'influxdb', 'victoriametrics'] as const
  ).map((name) => stack.url(name))
  const lines = ['', `Gateway        ${gateway}/v1/metrics   (keys: ${dir}/keys.json)`, `Mailbox        ${mailbox}`]
  if (prometheus !== undefined) {
    lines.push(
      `Prometheus     curl -s '${prometheus}/api/v1/query' --data-urlencode 'query=sum by (order_status) (shop_orders_total)'`,
    )
  }
  if (elasticsearch !== undefined) {
    lines.push(`Elasticsearch  curl -s '${elasticsearch}/metrics-pegel.*/_search?q=tenant:agent&size=1&pretty'`)
  }
  if (influxdb !== undefined) {
    const query = `from(bucket: "pegel-shared") |> range(start: -1m) |> filter(fn: (r) => r._measurement == "river.level")`
    const headers = `-H 'Authorization: Token ${env.PEGEL_INFLUXDB_TOKEN ?? ''}' -H 'Content-Type: application/vnd.flux'`
    lines.push(
      `InfluxDB       curl -s '${influxdb}/api/v2/query?org=${env.PEGEL_INFLUXDB_ORG ?? ''}' ${headers} -d '${query}'`,
    )
  }
  if (victoria !== undefined)
    lines.push(`VictoriaM.     curl -s '${victoria}/api/v1/export' -d 'match={tenant="direct"}'`)
  const prefix = env.PEGEL_KAFKA_PREFIX === '' ? '' : ` PEGEL_KAFKA_PREFIX=${env.PEGEL_KAFKA_PREFIX ?? ''}`
  lines.push(
    `Ledger         PEGEL_KAFKA_BROKERS=${env.PEGEL_KAFKA_BROKERS ?? ''}${prefix} npm run -s pegel -- ledger`,
    `Logs           ${dir}/logs`,
    '',
  )
  return lines
}
