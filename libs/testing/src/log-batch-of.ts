import { randomBytes } from 'node:crypto'
import { encodeRecord } from '@pegel/contracts'
import type { LogBatch, LogEvent, LogGroup } from '@pegel/contracts'
import type { LogRecord } from '@pegel/pipeline'

/** A log event; everything may be set. */
export function logEvent(overrides: Partial<LogEvent> = {}): LogEvent {
  return {
    timeMs: Date.now(),
    timeNs: 0,
    observedMs: 0,
    severity: 9,
    level: 'info',
    message: 'hello',
    traceId: '',
    spanId: '',
    name: '',
    category: '',
    outcome: '',
    sourceAddress: '',
    attributes: [],
    ...overrides,
  }
}

export function logGroup(events: readonly LogEvent[], overrides: Partial<LogGroup> = {}): LogGroup {
  return { service: 'shop', resource: [], scopeName: '', scopeVersion: '', ...overrides, events }
}

/** A batch of logs as it stands in `events`, with its bytes and as the runner would hand it to a sink. */
export function logBatchOf(
  tenant: string,
  groups: readonly LogGroup[],
  overrides: Partial<LogBatch> = {},
): { readonly value: Buffer; readonly record: LogRecord } {
  const events = groups.reduce((sum, group) => sum + group.events.length, 0)
  const batch: LogBatch = {
    tenant,
    batchId: randomBytes(16),
    configVersion: 1,
    receivedAtMs: Date.now(),
    protocol: 'otlp_http',
    received: events,
    refused: [],
    events,
    groups,
    ...overrides,
  }
  const { configVersion, receivedAtMs } = batch
  const record: LogRecord = {
    envelope: { tenant, configVersion, receivedAtMs, points: events },
    source: { topic: 'pegel.events.v1', partition: 0, offset: 0, appendTimeMs: receivedAtMs, part: 0, parts: 1 },
    position: { partition: 0, offset: 0 },
    select: null,
    batch,
  }
  return { value: encodeRecord('LogBatch', batch), record }
}
