const CONSUMER_COMMITS_MS = 100
const telemetry = { metrics: { level: 'none' }, logs: { level: 'warn' } }
const kafkaClient = (brokers: string) => ({ brokers: brokers.split(','), protocol_version: '3.6.0' })

export interface IngestOptions {
  readonly brokers: string
  readonly topic: string
  readonly httpPort: number
  readonly grpcPort: number
}

/** OTLP in, acknowledged when Kafka has it: no queue between, all in-sync replicas, zstd. The same promise as ours. */
export function ingestConfig({ brokers, topic, httpPort, grpcPort }: IngestOptions): object {
  const endpoint = (port: number) => ({ endpoint: `127.0.0.1:${port}` })
  const kafka = {
    ...kafkaClient(brokers),
    sending_queue: { enabled: false },
    metrics: { topic, encoding: 'otlp_proto' },
    producer: { required_acks: -1, compression: 'zstd', max_message_bytes: 10_000_000 },
  }
  return {
    receivers: { otlp: { protocols: { http: endpoint(httpPort), grpc: endpoint(grpcPort) } } },
    exporters: { kafka },
    service: { telemetry, pipelines: { metrics: { receivers: ['otlp'], exporters: ['kafka'] } } },
  }
}

export interface RemoteWriteOptions {
  readonly brokers: string
  readonly topic: string
  readonly group: string
  readonly url: string
}

/** Kafka to remote write 1.0; an offset is committed after the receiver has answered, as ours is. */
export function remoteWriteConfig({ brokers, topic, group, url }: RemoteWriteOptions): object {
  const kafka = {
    ...kafkaClient(brokers),
    ...{ group_id: group, initial_offset: 'earliest', metrics: { topics: [topic], encoding: 'otlp_proto' } },
    autocommit: { enable: true, interval: `${CONSUMER_COMMITS_MS}ms` },
    message_marking: { after: true },
  }
  const prometheusremotewrite = { endpoint: url, tls: { insecure: true }, remote_write_queue: { enabled: false } }
  return {
    receivers: { kafka },
    exporters: { prometheusremotewrite },
    service: { telemetry, pipelines: { metrics: { receivers: ['kafka'], exporters: ['prometheusremotewrite'] } } },
  }
}
