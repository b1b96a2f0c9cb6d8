import { describe, expect, it } from '@jest/globals'
import { decodeRecord } from '@pegel/contracts'
import { PegelError } from '@pegel/errors'
import { createLogger, createMetrics, formatTraceparent } from '@pegel/telemetry'
import { bytesOf, FakeKafka } from '../test/support/fake-kafka.ts'
import { boundRefusals, createDeadLetterWriter } from './dead-letter-writer.ts'

const LETTER = {
  tenant: 'acme',
  stage: 'sink',
  sink: 'influxdb',
  topic: 'pegel.metrics.v1',
  partition: 2,
  offset: 9,
  key: Buffer.from('acme'),
  value: Buffer.from('value'),
  refusals: [{ point: 4, reason: 'field_conflict', message: 'float into integer' }],
  failedAtMs: 1,
  timestampMs: 0,
  headers: [],
  settled: '',
  replayId: '',
}

function setup() {
  const kafka = new FakeKafka()
  const metrics = createMetrics({ service: 'test', defaults: false })
  const log = createLogger({ service: 'test', level: 'silent' })
  return { kafka, metrics, letters: createDeadLetterWriter({ producer: kafka.producer(), log, metrics }) }
}

describe('createDeadLetterWriter', () => {
  it('writes a letter under its tenant and counts it', async () => {
    const { kafka, metrics, letters } = setup()
    await letters.write(LETTER)
    const [record] = kafka.outputs('pegel.dead-letters.v1')
    expect(record?.key).toBe('acme')
    expect(decodeRecord('DeadLetter', bytesOf(record))).toEqual(LETTER)
    expect(await metrics.expose()).toContain(
      'pegel_dead_letters_total{tenant="acme",reason="field_conflict",service="test"} 1',
    )
  })

  it('carries the trace of the record that it is of, in its headers and in the log line', async () => {
    const kafka = new FakeKafka()
    const lines: string[] = []
    const log = createLogger({ service: 'test', destination: { write: (line) => lines.push(line) } })
    const metrics = createMetrics({ service: 'test', defaults: false })
    const letters = createDeadLetterWriter({ producer: kafka.producer(), log, metrics })
    const trace = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: true }
    await letters.write(LETTER, undefined, trace)
    expect(kafka.outputs('pegel.dead-letters.v1')[0]?.headers).toEqual({ traceparent: formatTraceparent(trace) })
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ trace_id: trace.traceId, span_id: trace.spanId })
  })

  it('tries again until Kafka has it', async () => {
    const { kafka, letters } = setup()
    let failures = 1
    kafka.beforeSend = () => {
      if (failures-- > 0) throw new Error('away')
    }
    await letters.write(LETTER)
    expect(kafka.sent).toHaveLength(1)
  })

  it('drops the value of a letter that is too large, and says so', async () => {
    const { kafka, letters } = setup()
    kafka.beforeSend = ([record]) => {
      if (decodeRecord('DeadLetter', bytesOf(record)).value.byteLength > 0) {
        throw new PegelError('kafka.record_too_large', { retryable: false, text: 'Too large.' })
      }
    }
    await letters.write(LETTER)
    expect(decodeRecord('DeadLetter', bytesOf(kafka.sent[0]?.[0]))).toMatchObject({
      offset: 9,
      value: Buffer.alloc(0),
    })
  })

  it('ends when the signal says so', async () => {
    const { letters } = setup()
    await expect(letters.write(LETTER, AbortSignal.abort())).rejects.toThrow('Given up')
  })
})

describe('boundRefusals', () => {
  it('keeps every index and reason, and texts within the budget', () => {
    const many = Array.from({ length: 5000 }, (_, point) => ({ point, reason: 'r', message: 'x'.repeat(1000) }))
    const bounded = boundRefusals(many)
    expect(bounded.map(({ point }) => point)).toEqual(many.map(({ point }) => point))
    expect(bounded[0]?.message).toHaveLength(300)
    expect(bounded.at(-1)?.message).toBe('')
    expect(bounded.reduce((sum, { message }) => sum + message.length, 0)).toBeLessThanOrEqual(256 * 1024)
  })
})
