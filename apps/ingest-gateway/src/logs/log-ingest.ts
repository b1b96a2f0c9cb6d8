import { randomBytes } from 'node:crypto'
import { encodeRecord } from '@pegel/contracts'
import { gatewayErrors } from '../errors.ts'
import type { ChunkKind } from '../ingest/batcher.ts'
import { Intake } from '../ingest/intake.ts'
import type { IntakeKind, IntakeOptions } from '../ingest/intake.ts'
import type { Rate } from '../ingest/rate-limiter.ts'
import type { LogSink } from './log-sink.ts'
import { RequestLogs } from './request-logs.ts'
import type { LogsChunk } from './request-logs.ts'

/** A burst is five seconds' worth, as for points. */
const BURST_SECONDS = 5

const EVENTS: IntakeKind<LogSink, LogsChunk> = {
  what: 'logs',
  rates: {
    count: {
      reason: 'log_events_per_second',
      rateOf: ({ logEventsPerSecond }) => rateOf(logEventsPerSecond),
      error: gatewayErrors.logs_rate_limited,
    },
    bytes: {
      reason: 'log_bytes_per_second',
      rateOf: ({ logBytesPerSecond }) => rateOf(logBytesPerSecond),
      error: gatewayErrors.log_bytes_rate_limited,
    },
  },
  collect: ({ limits }, receivedAtMs) => new RequestLogs({ limits, receivedAtMs }),
}

function rateOf(perSecond: number): Rate {
  return { perSecond, burst: perSecond * BURST_SECONDS }
}

/** Takes in log events. Beyond a rate: gatewayErrors.logs_rate_limited, log_bytes_rate_limited. */
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
