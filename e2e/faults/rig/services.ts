/** Every process of the pipeline that a fault may hit. */
export const SERVICES = [
  'ingest-gateway',
  'enricher',
  'sink-prometheus',
  'sink-elasticsearch',
  'sink-influxdb',
  'anomaly-detector',
  'ledger',
] as const

export type ServiceName = (typeof SERVICES)[number]

/** Those with a network of their own to Kafka, which can be cut. */
export const LINKED = ['ingest-gateway', 'enricher', 'sink-prometheus', 'sink-elasticsearch', 'sink-influxdb'] as const

export type LinkedService = (typeof LINKED)[number]

export function isLinked(name: ServiceName): name is LinkedService {
  return LINKED.includes(name as LinkedService)
}

/** Which of several equal processes. */
export type Replica = 0 | 1

export interface Ports {
  readonly admin: number
  /** Of the gateway's HTTP doors; of the ledger's answers. */
  readonly main: number
  readonly grpc: number
}
