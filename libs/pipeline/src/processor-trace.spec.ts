import { describe, expect, it } from '@jest/globals'
import type { KafkaRecord } from '@pegel/kafka'
import { formatTraceparent, NO_TRACING } from '@pegel/telemetry'
import { fakeTracing } from '@pegel/testing'
import { metricsRecord } from '../test/sink-fixtures.ts'
import { traceRecord, tracesSent, tracesSettled, tracesUnsent } from './processor-trace.ts'
import type { ProcessResult } from './processor-types.ts'
import { unreadable } from './processor-unreadable.ts'

const PARENT = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: true }
const source: KafkaRecord = {
  ...metricsRecord(),
  topic: 'pegel.ingest.v1',
  headers: { traceparent: Buffer.from(formatTraceparent(PARENT)) },
}
const output = { topic: 'pegel.metrics.v1', key: 'acme', value: Buffer.from('x') }
const headers = { traceparent: 'old', baggage: 'kept' }
const two: ProcessResult = { status: 'processed', outputs: [{ ...output, headers }, output], rows: [] }
const about = { record: source, group: 'enricher' }

describe('traceRecord', () => {
  it('gives the outcome as it is while tracing is off', () => {
    expect(traceRecord(NO_TRACING, about, () => two)).toEqual({ result: two, trace: undefined })
  })

  it("goes on with the record's trace, and its outputs carry it further", () => {
    const tracing = fakeTracing()
    const { result, trace } = traceRecord(tracing, about, () => two)
    expect(tracing.started).toMatchObject([
      {
        name: 'process pegel.ingest.v1',
        kind: 'consumer',
        parent: PARENT,
        attributes: { 'messaging.consumer.group.name': 'enricher', 'messaging.kafka.message.key': 'acme' },
      },
      { name: 'send pegel.metrics.v1', kind: 'producer', parent: trace?.process.context },
    ])
    const carried = formatTraceparent(trace?.send?.context ?? PARENT)
    const outputs = result.status === 'processed' ? result.outputs : []
    expect(outputs.map((each) => each.headers)).toEqual([
      { traceparent: carried, baggage: 'kept' },
      { traceparent: carried },
    ])
    expect(outputs.map(({ value }) => value)).toEqual([output.value, output.value])
  })

  it('makes no trace of a record that waits, and one without a send of a record that gives nothing', () => {
    const tracing = fakeTracing()
    expect(traceRecord(tracing, about, () => ({ status: 'wait', reason: 'x' })).trace).toBeUndefined()
    const letter = () => unreadable({ record: source, reason: 'decode_failed', message: 'no Avro', nowMs: 1 })
    const { trace } = traceRecord(tracing, about, letter)
    expect(trace?.send).toBeUndefined()
    expect(tracing.started.map(({ ended, failure }) => [ended, failure])).toEqual([
      [false, undefined],
      [false, 'no Avro'],
    ])
  })

  it('runs the work within the span, so that its log lines carry it', () => {
    const tracing = fakeTracing()
    traceRecord(tracing, about, () => {
      expect(tracing.current()).toBe(tracing.started[0])
      return two
    })
    expect(tracing.current()).toBeUndefined()
  })
})

describe('the end of the spans', () => {
  const open = () => {
    const tracing = fakeTracing()
    const { trace } = traceRecord(tracing, about, () => two)
    return { tracing, traces: trace === undefined ? [] : [trace] }
  }
  const fates = ({ tracing }: ReturnType<typeof open>) => tracing.started.map(({ ended, failure }) => [ended, failure])

  it('of send is when Kafka has the outputs, of process when the record is settled', () => {
    const made = open()
    tracesSent(made.traces)
    expect(fates(made)).toEqual([
      [false, undefined],
      [true, undefined],
    ])
    tracesSettled(made.traces)
    expect(fates(made).map(([ended]) => ended)).toEqual([true, true])
  })

  it('is a failure when the outputs did not get into Kafka, or the ledger did not', () => {
    const [unsent, unsettled] = [open(), open()]
    tracesUnsent(unsent.traces, new Error('no broker'))
    expect(fates(unsent)).toEqual([
      [true, 'no broker'],
      [true, 'no broker'],
    ])
    tracesSent(unsettled.traces)
    tracesSettled(unsettled.traces, new Error('no ledger'))
    expect(fates(unsettled)).toEqual([
      [true, 'no ledger'],
      [true, undefined],
    ])
  })
})
