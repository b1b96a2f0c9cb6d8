import type { IngestAnswer } from '../../ingest/ingest.ts'
import type { GrpcAnswer } from '../grpc/grpc-calls.ts'
import { partialMessage } from '../otlp-http/answers.ts'

/**
 * ExportMetricsServiceResponse or ExportLogsServiceResponse, which have the same layout: empty, or with partial_success when
 * something was refused for good.
 */
export function exportResponse(
  { received, accepted, refused }: IngestAnswer,
  describe: (refused: IngestAnswer['refused'], received: number) => string,
): GrpcAnswer {
  if (received === accepted) return { body: Buffer.alloc(0), code: 'ok' }
  return { body: partialMessage(received - accepted, describe(refused, received)), code: 'partial' }
}
