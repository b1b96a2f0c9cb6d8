import type { ComponentContext } from '@pegel/service'
import type { TenantDirectory } from '@pegel/tenancy'
import type { GatewayConfig } from '../config.ts'
import { alertsGrpc } from './alerts-grpc/alerts-grpc.controller.ts'
import type { BehindDoors } from './door.ts'
import { GrpcDoor } from './grpc/grpc.door.ts'
import { otlpGrpc } from './otlp-grpc/otlp-grpc.controller.ts'
import { pegelGrpc } from './pegel-grpc/pegel-grpc.controller.ts'
import type { TlsFiles } from './tls.ts'

type Context = Pick<ComponentContext<GatewayConfig>, 'config' | 'tenants' | 'kafka'>

/** The door of all protocols over gRPC; a new one is an item of the list. */
export function createGrpcDoor(context: Context, behind: BehindDoors, tls: TlsFiles | undefined): GrpcDoor {
  const { config, tenants, kafka } = context
  const limits = { maxBatches: config.PEGEL_GRPC_STREAM_BATCHES, maxBytes: config.PEGEL_GRPC_STREAM_BYTES }
  return new GrpcDoor({
    ...behind,
    host: config.PEGEL_GRPC_HOST,
    port: config.PEGEL_GRPC_PORT,
    tls,
    maxConnections: config.PEGEL_MAX_CONNECTIONS,
    maxRequestBytes: greatestRequestBytes(tenants),
    ready: (signal) => kafka.check(signal),
    protocols: [otlpGrpc(behind), pegelGrpc(behind, limits), alertsGrpc(behind)],
  })
}

/** The greatest limits.max_request_bytes of all tenants, kept as their files change. */
function greatestRequestBytes(tenants: TenantDirectory): () => number {
  const greatest = (): number => Math.max(0, ...tenants.all().map(({ limits }) => limits.maxRequestBytes))
  let known = greatest()
  tenants.onChange(() => (known = greatest()))
  return () => known
}
