import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { decodeRecord } from '@pegel/contracts'
import type { CommitRequest, KafkaRecord, TopicPartition } from '@pegel/kafka'
import { createMetrics, NO_TRACING } from '@pegel/telemetry'
import { fakeTenants, tenantConfig } from '@pegel/testing'
import { FakeLog } from '../test/support/fake-log.ts'
import { judgeOf, metricsRecord, NOTHING, quiet, stored } from '../test/sink-fixtures.ts'
import { DeadLetterRules } from './dead-letter-rule.ts'
import { PARKED_TOPIC } from './parking/parked-record.ts'
import { PartitionFlow } from './partition-flow.ts'
import { SinkBooking } from './sink-booking.ts'
import { DEFAULT_SINK_LIMITS } from './sink-limits.ts'
import type { SinkLimits } from './sink-limits.ts'
import { createSinkMetrics } from './sink-metrics.ts'
import { SinkSession } from './sink-session.ts'
import type { SessionOptions } from './sink-session.ts'
import type { Batch, MetricRecord, WriteResult } from './sink.ts'

const PARTITIONS: readonly TopicPartition[] = [0, 1].map((partition) => ({ topic: 'pegel.metrics.v1', partition }))
const EPOCH = 4

interface Setup {
  readonly session: SinkSession<MetricRecord>
  readonly calls: string[]
  readonly commits: string[]
  readonly written: string[]
  /** What is in the parked topic. */
  readonly parked: FakeLog
  readonly accept: (records: readonly KafkaRecord[], epoch?: number) => void
}

interface SetupOptions {
  readonly write?: (batch: Batch<MetricRecord>, signal: AbortSignal) => Promise<WriteResult>
  readonly limits?: Partial<SinkLimits>
  readonly assigned?: SessionOptions<MetricRecord>['assigned']
  readonly admit?: SessionOptions<MetricRecord>['admit']
  readonly ledger?: () => Promise<void>
  readonly backendUp?: () => Promise<boolean>
}

function setup(options: SetupOptions = {}): Setup {
  const { write = (batch: Batch<MetricRecord>) => Promise.resolve(stored(batch)), assigned = () => Promise.resolve() } =
    options
  const limits = { ...DEFAULT_SINK_LIMITS, recordsPerWrite: 1, ...options.limits }
  const calls: string[] = []
  const commits: string[] = []
  const written: string[] = []
  const note = (verb: string) => (list: readonly TopicPartition[]) =>
    calls.push(`${verb} ${list.map(({ partition }) => partition).join(',')}`)
  const booking: SinkBooking = new SinkBooking({
    epoch: EPOCH,
    ledger: { write: options.ledger ?? (() => Promise.resolve()) },
    deadLetters: { write: () => Promise.resolve() },
    commit: (requests: readonly CommitRequest[]) => {
      for (const { partition, offset } of requests) commits.push(`${partition}@${offset}`)
      return Promise.resolve()
    },
    commitIntervalMs: limits.commitIntervalMs,
    log: quiet,
    onBooked: (finished) => session.release(finished),
  })
  const parked = new FakeLog()
  const judge = judgeOf(fakeTenants(['acme', 'beta'].map((tenant) => tenantConfig(tenant))))
  const session: SinkSession<MetricRecord> = new SinkSession<MetricRecord>({
    epoch: EPOCH,
    partitions: PARTITIONS,
    limits,
    log: quiet,
    metrics: createSinkMetrics(createMetrics({ service: 'test', defaults: false }), 'prometheus'),
    flow: new PartitionFlow({ pause: note('pause'), resume: note('resume') }, PARTITIONS),
    booking,
    trace: () => undefined,
    ...(options.admit === undefined ? {} : { admit: options.admit }),
    mailbox: { sinkName: 'prometheus', limits, judge: (record) => judge.judge(record) },
    lane: {
      sinkName: 'prometheus',
      limits,
      log: quiet,
      tracing: NO_TRACING,
      write: (batch, signal) => {
        written.push(...batch.records.map(({ position }) => `${batch.tenant}@${position.offset}`))
        return write(batch, signal)
      },
      prepare: () => Promise.resolve(),
      backendUp: options.backendUp ?? (() => Promise.resolve(true)),
      onAbandoned: () => undefined,
    },
    parking: {
      kafka: parked.port,
      metrics: { show: () => undefined },
      topic: {
        ...{ kafka: parked.port, producer: parked, sink: 'prometheus', group: 'sink-prometheus', owner: 'me' },
        onGap: () => undefined,
      },
    },
    rules: new DeadLetterRules(limits),
    identify: (record) => judge.identify(record),
    assigned,
  })
  const accept: Setup['accept'] = (records, epoch = EPOCH) =>
    session.accept({
      topic: 'pegel.metrics.v1',
      partition: records[0]?.partition ?? 0,
      epoch,
      records,
      highWatermark: 99,
    })
  return { session, calls, commits, written, parked, accept }
}

const kindsOf = (parked: FakeLog): readonly string[] =>
  parked.records(PARKED_TOPIC).map(({ value }) => (value === null ? '' : decodeRecord('Parked', value).kind))

const run = (ms: number): Promise<unknown> => jest.advanceTimersByTimeAsync(ms)

describe('SinkSession', () => {
  beforeEach(() => {
    jest.useFakeTimers()
  })
  afterEach(() => {
    jest.useRealTimers()
  })

  it('writes what it is given, commits it, and gives its memory back when it is booked', async () => {
    const released = jest.fn()
    const { session, accept, written, commits } = setup({
      ledger: () => {
        expect(released).not.toHaveBeenCalled()
        return Promise.resolve()
      },
    })
    await session.start()
    const memory = { release: released, join: () => undefined }
    accept([{ ...metricsRecord({ offset: 0 }), memory }, metricsRecord({ offset: 1, tenant: 'beta' })])
    await run(500)
    expect([written, commits]).toEqual([['acme@0', 'beta@1'], ['0@2']])
    expect(released).toHaveBeenCalledTimes(1)
  })

  it('goes on past records that are nobody’s here', async () => {
    const { session, accept, written, commits } = setup({ admit: () => undefined })
    await session.start()
    accept([metricsRecord({ offset: 0 }), metricsRecord({ offset: 1 })])
    await run(500)
    expect([written, commits]).toEqual([[], ['0@2']])
  })

  it('does not let one tenant hold another up', async () => {
    const { session, accept, written, commits } = setup({
      write: (batch) => (batch.tenant === 'acme' ? new Promise(() => undefined) : Promise.resolve(stored(batch))),
    })
    await session.start()
    accept([metricsRecord({ offset: 0 }), ...[1, 2, 3].map((offset) => metricsRecord({ offset, tenant: 'beta' }))])
    await run(500)
    expect(written).toEqual(['acme@0', 'beta@1', 'beta@2', 'beta@3'])
    // Nothing past the record that is not done.
    expect(commits).toEqual([])
  })

  it('ignores records of another epoch', async () => {
    const { session, accept, written } = setup()
    await session.start()
    accept([metricsRecord()], EPOCH - 1)
    await run(500)
    expect(written).toEqual([])
  })

  it('pauses the partition of a full lane and resumes it at half', async () => {
    let go = (): void => undefined
    const { session, accept, calls } = setup({
      limits: { laneBytes: 4_000 },
      write: (batch) => new Promise((resolve) => (go = () => resolve(stored(batch)))),
    })
    await session.start()
    accept([0, 1, 2, 3].map((offset) => metricsRecord({ offset, partition: 1 })))
    expect(calls).toEqual(['pause 1'])
    for (let record = 0; record < 2; record += 1) {
      await run(1)
      go()
    }
    await run(1)
    expect(calls).toEqual(['pause 1'])
    go()
    await run(1)
    expect(calls).toEqual(['pause 1', 'resume 1'])
  })

  it('parks a lane that stores nothing before it is full, and pauses nothing', async () => {
    const { session, accept, calls, parked, written } = setup({
      limits: { laneBytes: 4_000, writeTimeoutMs: 60_000 },
      write: (batch) => (batch.tenant === 'acme' ? new Promise(() => undefined) : Promise.resolve(stored(batch))),
    })
    await session.start()
    accept([metricsRecord({ offset: 0 })])
    await run(DEFAULT_SINK_LIMITS.parkAfterMs)
    expect(kindsOf(parked)).toEqual(['fence'])
    accept([metricsRecord({ offset: 1 }), metricsRecord({ offset: 2, tenant: 'beta' })])
    await run(1_000)
    expect(kindsOf(parked)).toEqual(['fence', 'record', 'record'])
    expect(calls).toEqual([])
    expect(written).toContain('beta@2')
    session.close('the test is over')
  })

  it('pauses everything at the total bound until ledger and dead letters have let go of it', async () => {
    const acknowledge: (() => void)[] = []
    const { session, accept, calls } = setup({
      limits: { totalBytes: 2_000 },
      ledger: () => new Promise((resolve) => acknowledge.push(resolve)),
    })
    await session.start()
    accept([0, 1].map((offset) => metricsRecord({ offset })))
    await run(500)
    expect(calls).toEqual(['pause 0,1'])
    for (const each of acknowledge) each()
    await run(500)
    expect(calls).toEqual(['pause 0,1', 'resume 0,1'])
  })

  it('writes nothing while the backend is down', async () => {
    const { session, accept, written, calls } = setup()
    await session.start()
    session.backend(false)
    accept([metricsRecord()])
    await run(60_000)
    expect([written, calls]).toEqual([[], ['pause 0,1']])
    session.backend(true)
    await run(1)
    expect([written, calls]).toEqual([['acme@0'], ['pause 0,1', 'resume 0,1']])
  })

  it('writes nothing before the state of its partitions is there, and keeps asking for it', async () => {
    let failures = 3
    const asked: (readonly number[])[] = []
    const { session, accept, written } = setup({
      assigned: (partitions) => {
        asked.push(partitions)
        return failures-- > 0 ? Promise.reject(new Error('no leader')) : Promise.resolve()
      },
    })
    const started = session.start()
    accept([metricsRecord()])
    expect(written).toEqual([])
    await run(5_000)
    await started
    expect(written).toEqual(['acme@0'])
    expect(asked).toEqual(Array(4).fill([0, 1]))
  })

  it('parks nothing before the state of its partitions is there, however full a lane is and for however long', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>()
    const { session, accept, written, parked } = setup({ limits: { laneBytes: 4_000 }, assigned: () => promise })
    const started = session.start()
    accept([0, 1, 2, 3].map((offset) => metricsRecord({ offset })))
    await run(10 * DEFAULT_SINK_LIMITS.parkAfterMs)
    resolve(undefined)
    await started
    await run(DEFAULT_SINK_LIMITS.parkAfterMs)
    expect(written).toEqual(['acme@0', 'acme@1', 'acme@2', 'acme@3'])
    expect(kindsOf(parked)).toEqual(['fence'])
    session.close('the test is over')
  })

  it('closed while the backend is asked whether a lane is to be parked, leaves nothing behind', async () => {
    const asked: PromiseWithResolvers<boolean>[] = []
    const { session, accept } = setup({
      limits: { breakerFailures: 1, parkAfterMs: 1_000 },
      write: () => Promise.reject(new Error('no')),
      backendUp: () => {
        const answer = Promise.withResolvers<boolean>()
        asked.push(answer)
        return answer.promise
      },
    })
    await session.start()
    accept([metricsRecord()])
    await run(1)
    asked[0]?.resolve(true)
    await run(1_000)
    expect(asked).toHaveLength(2)
    session.close('the assignment is void')
    asked[1]?.resolve(true)
    await run(60_000)
    expect(jest.getTimerCount()).toBe(0)
  })

  it('drained, has finished and committed the write in flight, and started nothing more', async () => {
    let go = (): void => undefined
    const { session, accept, written, commits, calls } = setup({
      write: (batch) => new Promise((resolve) => (go = () => resolve(stored(batch)))),
    })
    await session.start()
    accept([0, 1].map((offset) => metricsRecord({ offset })))
    await run(1)
    const drained = session.drain(1_000)
    await run(10)
    go()
    await run(1_000)
    await drained
    expect([written, commits]).toEqual([['acme@0'], ['0@1']])
    expect(calls).toEqual(['pause 0,1'])
  })

  it('drained, gives a write up that does not finish in time, and commits what came before it', async () => {
    let signal: AbortSignal | undefined
    const { session, accept, commits } = setup({
      write: (batch, given) => {
        if (batch.records[0]?.position.offset === 0) return Promise.resolve(stored(batch))
        signal = given
        return new Promise(() => undefined)
      },
    })
    await session.start()
    accept([0, 1].map((offset) => metricsRecord({ offset })))
    await run(1)
    const drained = session.drain(1_000)
    await run(1_500)
    await drained
    expect(signal?.aborted).toBe(true)
    expect(commits).toEqual(['0@1'])
  })

  it('closed, commits nothing of what was under way', async () => {
    let go = (): void => undefined
    const { session, accept, commits } = setup({
      write: (batch) => new Promise((resolve) => (go = () => resolve(stored(batch)))),
    })
    await session.start()
    accept([metricsRecord()])
    await run(1)
    session.close('the assignment is void')
    go()
    session.backend(false)
    accept([metricsRecord({ offset: 1 })])
    await run(10_000)
    expect(commits).toEqual([])
  })

  it('closed while it loads its state, never lets a lane work', async () => {
    const { session, accept, written } = setup({ assigned: () => Promise.reject(new Error('no leader')) })
    const started = session.start()
    accept([metricsRecord()])
    await run(10)
    session.close('the assignment is void')
    await run(60_000)
    await started
    expect(written).toEqual([])
  })

  it('starts a lane anew after its tenant has had nothing to write for a while', async () => {
    let attempt = 0
    const { session, accept, commits } = setup({
      write: (batch) =>
        Promise.resolve((attempt += 1) === 1 ? { outcomes: [{ ...NOTHING, retry: [0, 1] }] } : stored(batch)),
    })
    await session.start()
    accept([metricsRecord({ offset: 0 })])
    await run(10_000)
    accept([metricsRecord({ offset: 1 })])
    await run(10_000)
    expect(commits).toEqual(['0@1', '0@2'])
  })
})
