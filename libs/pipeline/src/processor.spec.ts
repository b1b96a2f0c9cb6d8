import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { decodeRecord } from '@pegel/contracts'
import { defineErrors } from '@pegel/errors'
import { createLogger, createMetrics } from '@pegel/telemetry'
import type { Metrics } from '@pegel/telemetry'
import { bytesOf, eventually, FakeKafka, fetched, kafkaRecord } from '../test/support/fake-kafka.ts'
import { DEAD_LETTER_TOPIC } from './dead-letter-writer.ts'
import { LEDGER_TOPIC } from './ledger-writer.ts'
import type { Processor, ProcessResult, RunningProcessor } from './processor-types.ts'
import { runProcessor } from './processor.ts'
import { unreadable } from './processor-unreadable.ts'

const OUT = 'pegel.metrics.v1'
const A = { topic: 'pegel.ingest.v1', partition: 0 }
const B = { topic: 'pegel.ingest.v1', partition: 1 }
const testErrors = defineErrors('test', {
  later: { retryable: true, text: 'Later.' },
  lost: { retryable: true, text: 'Lost.' },
})

/** Copies values; a script may say otherwise by offset. */
class Copy implements Processor {
  readonly seen: number[] = []
  readonly script = new Map<number, () => ProcessResult>()

  process: Processor['process'] = (record) => {
    this.seen.push(record.offset)
    const scripted = this.script.get(record.offset)
    if (scripted !== undefined) return scripted()
    const { topic, partition, offset } = record
    const result = unreadable({ record, reason: 'none', message: '', nowMs: 0 })
    const rows = result.status === 'processed' ? result.rows : []
    return {
      status: 'processed',
      outputs: [{ topic: OUT, key: 'acme', value: record.value }],
      rows: rows.map((row) => ({ ...row, topic, partition, offset, unreadable: 0, parts: 1 })),
    }
  }
}

describe('runProcessor', () => {
  let kafka: FakeKafka
  let processor: Copy
  let running: RunningProcessor
  let metrics: Metrics

  beforeEach(async () => {
    kafka = new FakeKafka()
    processor = new Copy()
    metrics = createMetrics({ service: 'test', defaults: false })
    running = runProcessor({
      kafka: kafka.port,
      group: 'g',
      topics: [A.topic],
      processor,
      instance: 'i',
      log: createLogger({ service: 'test', level: 'silent' }),
      metrics,
      maxInFlightBytes: 512 * 1024,
      commitIntervalMs: 10,
    })
    await running.start()
    kafka.handlers.onAssigned({ epoch: 1, partitions: [A, B] })
  })

  afterEach(async () => {
    await running.stop(50)
  })

  const values = (): string[] => kafka.outputs(OUT).map((record) => record.value?.toString() ?? '')
  const lastCommit = () => kafka.commits.at(-1)

  it('produces in order, books, then commits', async () => {
    kafka.handlers.onBatch(fetched(1, kafkaRecord(7), kafkaRecord(8)))
    await eventually(() => expect(lastCommit()).toEqual({ offsets: [{ ...A, offset: 9 }], epoch: 1 }))
    expect(values()).toEqual(['value 7', 'value 8'])
    const rows = kafka.outputs(LEDGER_TOPIC).flatMap((record) => decodeRecord('LedgerEntry', bytesOf(record)).rows)
    expect(rows.map((row) => row.offset)).toEqual([7, 8])
    await running.stop(1000)
    expect(kafka.closed).toBe(2)
  })

  it('commits nothing before Kafka has acknowledged, and repeats a produce that failed', async () => {
    let failures = 2
    kafka.beforeSend = () => {
      if (failures-- > 0) throw testErrors.lost()
    }
    kafka.handlers.onBatch(fetched(1, kafkaRecord(0), kafkaRecord(1)))
    await eventually(() => expect(lastCommit()?.offsets).toEqual([{ ...A, offset: 2 }]))
    expect(values()).toEqual(['value 0', 'value 1'])
  })

  it('does not commit while the ledger is not acknowledged, and keeps the memory of the record', async () => {
    const ledger = Promise.withResolvers<undefined>()
    const memory = { release: jest.fn(), join: () => undefined }
    let asked = false
    kafka.beforeSend = async (records) => {
      if (records[0]?.topic !== LEDGER_TOPIC) return
      asked = true
      await ledger.promise
    }
    kafka.handlers.onBatch(fetched(1, { ...kafkaRecord(0), memory }))
    await eventually(() => expect(asked).toBe(true))
    expect(values()).toHaveLength(1)
    expect(kafka.commits).toEqual([])
    expect(memory.release).not.toHaveBeenCalled()
    ledger.resolve(undefined)
    await eventually(() => expect(lastCommit()?.offsets).toEqual([{ ...A, offset: 1 }]))
    expect(memory.release).toHaveBeenCalledTimes(1)
  })

  it('keeps one produce at a time, so that a repetition cannot overtake', async () => {
    const first = Promise.withResolvers<undefined>()
    let outSends = 0
    kafka.beforeSend = async (records) => {
      if (records[0]?.topic !== OUT) return
      outSends += 1
      if (outSends === 1) await first.promise
    }
    kafka.handlers.onBatch(fetched(1, kafkaRecord(0)))
    await eventually(() => expect(outSends).toBe(1))
    kafka.handlers.onBatch(fetched(1, kafkaRecord(1)))
    kafka.handlers.onBatch(fetched(1, kafkaRecord(2)))
    await eventually(() => expect(processor.seen).toContain(1))
    expect(outSends).toBe(1)
    first.resolve(undefined)
    await eventually(() => expect(values()).toEqual(['value 0', 'value 1', 'value 2']))
  })

  it('waits with one partition for what is not known yet, while others go on', async () => {
    let known = false
    processor.script.set(5, () => {
      if (!known) return { status: 'wait', reason: 'tenant_behind' }
      processor.script.delete(5)
      return processor.process(kafkaRecord(5))
    })
    processor.script.set(6, () => {
      processor.script.delete(6)
      throw testErrors.later()
    })
    kafka.handlers.onBatch(fetched(1, kafkaRecord(5), kafkaRecord(6)))
    kafka.handlers.onBatch(fetched(1, kafkaRecord(0, { partition: 1 })))
    await eventually(() => expect(lastCommit()?.offsets).toEqual([{ ...B, offset: 1 }]))
    expect(await metrics.expose()).toContain('pegel_processor_waiting_partitions{group="g",service="test"} 1')
    known = true
    await eventually(() => expect(lastCommit()?.offsets).toEqual([{ ...A, offset: 7 }]))
    expect(values()).toEqual(['value 0', 'value 5', 'value 6'])
    expect(await metrics.expose()).toContain('pegel_processor_waiting_partitions{group="g",service="test"} 0')
  })

  it('makes a dead letter of a record that trips a bug, with the original value once', async () => {
    processor.script.set(0, () => {
      throw new TypeError('a bug')
    })
    kafka.handlers.onBatch(fetched(1, kafkaRecord(0), kafkaRecord(1)))
    await eventually(() => expect(lastCommit()?.offsets).toEqual([{ ...A, offset: 2 }]))
    const [letter] = kafka.outputs(DEAD_LETTER_TOPIC)
    expect(decodeRecord('DeadLetter', bytesOf(letter))).toMatchObject({
      tenant: 'acme',
      stage: 'enricher',
      offset: 0,
      value: Buffer.from('value 0'),
      refusals: [{ point: -1, reason: 'internal_error', message: 'a bug' }],
    })
    expect(values()).toEqual(['value 1'])
  })

  it('forgets an assignment that is gone, and takes the records again from the next', async () => {
    const hang = Promise.withResolvers<undefined>()
    kafka.beforeSend = () => hang.promise
    kafka.handlers.onBatch(fetched(1, kafkaRecord(0)))
    await eventually(() => expect(processor.seen).toEqual([0]))
    kafka.handlers.onRevoked(1)
    kafka.handlers.onAssigned({ epoch: 2, partitions: [A] })
    kafka.handlers.onBatch(fetched(1, kafkaRecord(1)))
    hang.resolve(undefined)
    kafka.beforeSend = () => undefined
    kafka.handlers.onBatch(fetched(2, kafkaRecord(0)))
    await eventually(() => expect(lastCommit()).toEqual({ offsets: [{ ...A, offset: 1 }], epoch: 2 }))
    expect(kafka.commits).toHaveLength(1)
    expect(processor.seen).toEqual([0, 0])
  })

  it('pauses a partition whose records pile up and resumes it when they are settled', async () => {
    const hang = Promise.withResolvers<undefined>()
    kafka.beforeSend = () => hang.promise
    const big = Buffer.alloc(300 * 1024)
    kafka.handlers.onBatch(fetched(1, kafkaRecord(0, { value: big })))
    expect(kafka.paused).toEqual([expect.objectContaining(A)])
    expect(kafka.resumed).toEqual([])
    hang.resolve(undefined)
    await eventually(() => expect(kafka.resumed).toEqual([expect.objectContaining(A)]))
  })

  it('survives a failed commit: the next one covers it', async () => {
    let failures = 1
    kafka.beforeCommit = () => {
      if (failures-- > 0) throw testErrors.lost()
    }
    kafka.handlers.onBatch(fetched(1, kafkaRecord(0)))
    await eventually(() => expect(lastCommit()?.offsets).toEqual([{ ...A, offset: 1 }]))
  })

  it('settles on stop what was processed, and takes nothing more', async () => {
    const hang = Promise.withResolvers<undefined>()
    kafka.beforeSend = (records) => (records[0]?.topic === OUT ? hang.promise : undefined)
    kafka.handlers.onBatch(fetched(1, kafkaRecord(0)))
    await eventually(() => expect(processor.seen).toEqual([0]))
    const stopped = running.stop(2000)
    kafka.handlers.onBatch(fetched(1, kafkaRecord(1)))
    hang.resolve(undefined)
    await stopped
    expect(lastCommit()?.offsets).toEqual([{ ...A, offset: 1 }])
    kafka.handlers.onAssigned({ epoch: 2, partitions: [A] })
    kafka.handlers.onBatch(fetched(2, kafkaRecord(1)))
    expect(processor.seen).toEqual([0])
  })

  it('gives up at the deadline when Kafka is away, without a commit', async () => {
    kafka.beforeSend = () => {
      throw testErrors.lost()
    }
    kafka.handlers.onBatch(fetched(1, kafkaRecord(0)))
    await eventually(() => expect(processor.seen).toEqual([0]))
    await running.stop(100)
    expect(kafka.commits).toEqual([])
    expect(kafka.closed).toBe(2)
  })

  it('counts and books what retention removed, and fails its check when the group is lost', async () => {
    kafka.handlers.onGap({ ...A, from: 3, to: 9 })
    await eventually(() => expect(kafka.outputs(LEDGER_TOPIC)).toHaveLength(1))
    expect(
      kafka.outputs(LEDGER_TOPIC).map(({ value }) => decodeRecord('LedgerEntry', value ?? Buffer.of())),
    ).toMatchObject([
      {
        stage: 'enricher',
        rows: [{ tenant: 'pegel', topic: A.topic, partition: A.partition, offset: 3, counts: { expired: 6 } }],
      },
    ])
    expect(await metrics.expose()).toContain(
      'pegel_consumer_lost_records_total{topic="pegel.ingest.v1",service="test"} 6',
    )
    const signal = AbortSignal.timeout(100)
    await expect(running.checks.consumer?.(signal)).resolves.toBeUndefined()
    await expect(running.checks.processor?.(signal)).resolves.toBeUndefined()
    kafka.healthy = false
    await expect(running.checks.consumer?.(signal)).rejects.toThrow('no member of the consumer group g')
  })

  it('says in its check that the loop stopped when a result cannot be booked', async () => {
    processor.script.set(0, () => ({
      status: 'processed',
      outputs: [],
      rows: [{ tenant: 5 }] as never,
    }))
    kafka.handlers.onBatch(fetched(1, kafkaRecord(0)))
    await eventually(() => expect(running.checks.processor?.(AbortSignal.timeout(100))).rejects.toThrow('stopped'))
  })
})
