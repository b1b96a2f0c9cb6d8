import { ComponentUnavailable } from './errors.ts'
import type { ClientName, ComponentName, Environment, ProductName } from './types.ts'

/** The variable that names an existing component, the one for Docker's host port, and the label used in messages. */
export const variables = {
  kafka: { label: 'Kafka', address: 'PEGEL_KAFKA_BROKERS', port: 'PEGEL_KAFKA_PORT' },
  elasticsearch: { label: 'Elasticsearch', address: 'PEGEL_ELASTICSEARCH_URL', port: 'PEGEL_ELASTICSEARCH_PORT' },
  influxdb: { label: 'InfluxDB', address: 'PEGEL_INFLUXDB_URL', port: 'PEGEL_INFLUXDB_PORT' },
  victoriametrics: {
    label: 'VictoriaMetrics',
    address: 'PEGEL_VICTORIAMETRICS_URL',
    port: 'PEGEL_VICTORIAMETRICS_PORT',
  },
  prometheus: { label: 'Prometheus', address: 'PEGEL_PROMETHEUS_URL', port: 'PEGEL_PROMETHEUS_PORT' },
  alertmanager: { label: 'Alertmanager', address: 'PEGEL_ALERTMANAGER_URL', port: 'PEGEL_ALERTMANAGER_PORT' },
  prometheus3: { label: 'Prometheus 3', address: 'PEGEL_PROMETHEUS3_URL', port: 'PEGEL_PROMETHEUS3_PORT' },
  mosquitto: { label: 'Mosquitto', address: 'PEGEL_MOSQUITTO_URL', port: 'PEGEL_MOSQUITTO_PORT' },
} as const satisfies Record<ComponentName, { label: string; address: string; port: string }>

/** The variable that names a program that is there already. */
export const clientVariables = {
  otelCollector: { label: 'OpenTelemetry Collector', address: 'PEGEL_OTELCOL' },
  pythonClients: { label: 'Python with the clients', address: 'PEGEL_PYTHON' },
  mosquittoPub: { label: 'mosquitto_pub', address: 'PEGEL_MOSQUITTO_PUB' },
  netcat: { label: 'nc', address: 'PEGEL_NC' },
} as const satisfies Record<ClientName, { label: string; address: string }>

/** How messages name a product, and the variable that says where one is. */
export function namingOf(product: ProductName): { readonly label: string; readonly address: string } {
  return { ...variables, ...clientVariables }[product]
}

export const influxDefaults = { org: 'pegel', bucket: 'pegel', user: 'pegel' } as const

/** Address and credentials of a component under the names of its variables. */
export function clientEnvironment(
  name: ComponentName,
  address: string,
  influx?: { token: string; org: string },
): Record<string, string> {
  const env: Record<string, string> = { [variables[name].address]: address }
  if (name === 'influxdb' && influx !== undefined) {
    env.PEGEL_INFLUXDB_TOKEN = influx.token
    env.PEGEL_INFLUXDB_ORG = influx.org
  }
  return env
}

/** The variables a user has set for this component, or undefined when there is no address among them. */
export function fromEnvironment(name: ComponentName, env: Environment): Record<string, string> | undefined {
  const address = env[variables[name].address]?.trim().replace(/\/+$/, '')
  if (address === undefined || address === '') return undefined
  if (name !== 'influxdb') return clientEnvironment(name, address)
  const token = env.PEGEL_INFLUXDB_TOKEN
  if (token === undefined || token === '') {
    throw new ComponentUnavailable(
      name,
      'PEGEL_INFLUXDB_URL is set but PEGEL_INFLUXDB_TOKEN is not: set it to an operator token of that InfluxDB.',
    )
  }
  return clientEnvironment(name, address, { token, org: env.PEGEL_INFLUXDB_ORG ?? influxDefaults.org })
}
