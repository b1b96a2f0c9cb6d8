import type { ComponentContext, Hosted } from '@pegel/service'
import type { GatewayConfig } from './config.ts'
import { OtlpHttpDoor } from './doors/otlp-http/otlp-http.door.ts'
import { Batcher } from './ingest/batcher.ts'
import { ByteBudget } from './ingest/byte-budget.ts'
import { GatewayMetrics } from './ingest/gateway-metrics.ts'
import { Ingest } from './ingest/ingest.ts'
import { LabelCaches } from './otlp/index.ts'
import { RateLimiter } from './ingest/rate-limiter.ts'

const INGEST_TOPIC = 'pegel.ingest.v1'

/** Wires the gateway: doors in front, one ingest behind, one producer for all. */
export function createGateway({ config, log, metrics, kafka, tenants }: ComponentContext<GatewayConfig>): Hosted {
  const producer = kafka.producer({ compression: 'zstd', maxBytesInFlight: config.PEGEL_MAX_PRODUCE_BYTES_IN_FLIGHT })
  const batcher = new Batcher({
    producer,
    topic: INGEST_TOPIC,
    lingerMs: config.PEGEL_LINGER_MS,
    deadlineMs: config.PEGEL_PRODUCE_DEADLINE_MS,
  })
  const gatewayMetrics = new GatewayMetrics(metrics)
  const ingest = new Ingest({ batcher, limiter: new RateLimiter(), metrics: gatewayMetrics, log })
  const door = new OtlpHttpDoor({
    host: config.PEGEL_OTLP_HTTP_HOST,
    port: config.PEGEL_OTLP_HTTP_PORT,
    ingest,
    tenants,
    labels: new LabelCaches(config.PEGEL_SERIES_CACHE),
    budget: new ByteBudget(config.PEGEL_MAX_BODY_BYTES_IN_FLIGHT),
    metrics: gatewayMetrics,
    log,
  })
  return {
    checks: {},
    start: () => door.start(),
    listening: () => ({ port: door.port }),
    async stop(deadlineMs) {
      await door.drain(deadlineMs)
      await batcher.drain()
      await producer.close()
      await door.close()
    },
  }
}
