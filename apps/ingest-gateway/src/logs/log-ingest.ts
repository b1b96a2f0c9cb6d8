import { randomBytes } from 'node:crypto'
import { encodeRecord } from '@pegel/contracts'
import { gatewayErrors } from '../errors.ts'
import type { ChunkKind } from '../ingest/batcher.ts'
import { Intake } from '../ingest/intake.ts'
import type { IntakeKind, IntakeOptions } from '../ingest/intake.ts'
import type { LogSink } from './log-sink.ts'
import { RequestLogs } from './request-logs.ts'
import type { LogsChunk } from './request-logs.ts'

/** A burst is five seconds' worth, as for points. */
const BURST_SECONDS = 5

const EVENTS: IntakeKind<LogSink, LogsChunk> = {
  what: 'logs',
  collect: (limits, receivedAtMs) => new RequestLogs({ limits, receivedAtMs }),
  rateOf: ({ logEventsPerSecond }) => ({
    pointsPerSecond: logEventsPerSecond,
    burstPoints: logEventsPerSecond * BURST_SECONDS,
  }),
  rateLimited: ({ tenant, retryAfterS, pointsPerSecond }) =>
    gatewayErrors.logs_rate_limited({ tenant, logEventsPerSecond: pointsPerSecond, retryAfterS }),
}

/** Takes in log events. Beyond the rate: gatewayErrors.logs_rate_limited. */
export class LogIngest extends Intake<LogSink, LogsChunk> {
  constructor(options: IntakeOptions<LogsChunk>) {
    super(EVENTS, options)
  }
}

export const LOGS: ChunkKind<LogsChunk> = {
  sizeOf: (chunk) => chunk.bytes,
  countOf: (chunk) => chunk.events,
  seal: (head, chunks) =>
    encodeRecord('LogBatch', {
      ...head,
      batchId: randomBytes(16),
      events: chunks.reduce((sum, chunk) => sum + chunk.events, 0),
      groups: chunks.flatMap((chunk) => chunk.groups),
    }),
}
