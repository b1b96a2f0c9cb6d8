import type { ComponentContext, Hosted } from '@pegel/service'
import type { GatewayConfig } from './config.ts'
import type { BehindDoors, Door } from './doors/door.ts'
import { HttpDoor } from './doors/http/http.door.ts'
import { otlpHttp } from './doors/otlp-http/otlp-http.controller.ts'
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
  const behind: BehindDoors = {
    ingest,
    tenants,
    labels: new LabelCaches(config.PEGEL_SERIES_CACHE),
    budget: new ByteBudget(config.PEGEL_MAX_BODY_BYTES_IN_FLIGHT),
    metrics: gatewayMetrics,
    log,
    now: Date.now,
  }
  const doors = createDoors(config, behind)
  return {
    checks: Object.assign({}, ...doors.map((door) => door.checks)) as Hosted['checks'],
    async start() {
      for (const door of doors) await door.start()
    },
    listening: () => Object.assign({}, ...doors.map((door) => door.listening())) as Record<string, unknown>,
    async stop(deadlineMs) {
      await Promise.all(doors.map((door) => door.drain(deadlineMs)))
      await batcher.drain()
      await producer.close()
      await Promise.all(doors.map((door) => door.close()))
    },
  }
}

/** Every transport; a new protocol is one line here. */
function createDoors(config: GatewayConfig, behind: BehindDoors): readonly Door[] {
  const host = config.PEGEL_HTTP_HOST
  return [new HttpDoor({ ...behind, host, port: config.PEGEL_HTTP_PORT, protocols: [otlpHttp(behind)] })]
}
