import type { TenantConfig } from '@pegel/tenancy'
import type { IngestAnswer } from '../ingest/ingest.ts'
import { decodeOtlpProtobuf } from '../otlp/index.ts'
import type { BehindDoors } from './door.ts'

/** An ExportMetricsServiceRequest in protobuf, or a message that has its points in the same field. */
export interface OtlpMessage {
  readonly tenant: TenantConfig
  readonly receivedAtMs: number
  readonly body: Buffer
}

/** Takes the points of a message in, with labels cached by their raw bytes. Throws what Ingest.submit throws. */
export async function submitOtlp(
  { ingest, labels }: Pick<BehindDoors, 'ingest' | 'labels'>,
  { tenant, receivedAtMs, body }: OtlpMessage,
  protocol: string,
): Promise<IngestAnswer> {
  const decode: Parameters<typeof ingest.submit>[0]['decode'] = (points) =>
    decodeOtlpProtobuf(body, points, labels.of(tenant))
  return ingest.submit({ tenant, protocol, receivedAtMs, bytes: body.length, decode })
}
