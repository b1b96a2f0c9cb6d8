import type { ReasonCount } from '@pegel/contracts'
import { encodeMessage } from '../otlp-http/protobuf-writer.ts'
import type { GrpcAnswer } from '../grpc/grpc-calls.ts'

interface Taken {
  readonly received: number
  readonly accepted: number
  readonly refused: readonly ReasonCount[]
}

/**
 * ExportMetricsServiceResponse or ExportLogsServiceResponse, which have the same layout: empty, or with partial_success when
 * something was refused for good.
 */
export function exportResponse(
  taken: Taken,
  describe: (refused: Taken['refused'], received: number) => string,
): GrpcAnswer {
  const { received, accepted, refused } = taken
  if (received === accepted) return { body: Buffer.alloc(0), code: 'ok' }
  const partial = encodeMessage([
    [1, received - accepted],
    [2, describe(refused, received)],
  ])
  return { body: encodeMessage([[1, partial]]), code: 'partial' }
}
