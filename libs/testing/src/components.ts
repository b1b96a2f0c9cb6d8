/** Where the real components are; tests never replace one by a stand-in, and never skip. */
export type ComponentVariable =
  | 'PEGEL_KAFKA_BROKERS'
  | 'PEGEL_PROMETHEUS_URL'
  | 'PEGEL_ELASTICSEARCH_URL'
  | 'PEGEL_INFLUXDB_URL'
  | 'PEGEL_INFLUXDB_TOKEN'
  | 'PEGEL_INFLUXDB_ORG'

/** Brokers of the Kafka that tests share; give every test its own prefix. */
export function requireKafka(): readonly string[] {
  return required('PEGEL_KAFKA_BROKERS', 'Kafka').split(',')
}

/** Base address, without a slash at its end. */
export function requirePrometheus(): string {
  return baseUrl(required('PEGEL_PROMETHEUS_URL', 'Prometheus'))
}

export function requireElasticsearch(): string {
  return baseUrl(required('PEGEL_ELASTICSEARCH_URL', 'Elasticsearch'))
}

export interface InfluxdbAddress {
  readonly url: string
  readonly token: string
  readonly org: string
}

export function requireInfluxdb(): InfluxdbAddress {
  return {
    url: baseUrl(required('PEGEL_INFLUXDB_URL', 'InfluxDB')),
    token: required('PEGEL_INFLUXDB_TOKEN', 'InfluxDB'),
    org: required('PEGEL_INFLUXDB_ORG', 'InfluxDB'),
  }
}

function required(name: ComponentVariable, component: string): string {
  const value = process.env[name]
  if (value !== undefined && value !== '') return value
  throw new Error(
    `This test needs a real ${component}, and ${name} is not set: run "npm test", which starts one, or "npm run stack -- up" and set what it prints.`,
  )
}

function baseUrl(url: string): string {
  return url.replace(/\/+$/, '')
}
