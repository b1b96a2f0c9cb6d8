import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { NO_TRACING } from '@pegel/telemetry'
import { tenantConfig } from '@pegel/testing'
import type { FakeTenants } from '@pegel/testing'
import {
  delivered,
  judgeOf,
  laneItem,
  metricsRecord,
  NOTHING,
  quiet,
  settle,
  stored,
  TENANT,
  tenantsOf,
} from '../test/sink-fixtures.ts'
import type { RecordSpec } from '../test/sink-fixtures.ts'
import type { LaneDeps, LanePast } from './lane-deps.ts'
import { LaneMailbox } from './lane-mailbox.ts'
import { LaneScheduler } from './lane-scheduler.ts'
import { Lane } from './lane.ts'
import type { Finished } from './sink-finish.ts'
import { DEFAULT_SINK_LIMITS } from './sink-limits.ts'
import type { SinkLimits } from './sink-limits.ts'
import type { Batch, MetricRecord, WriteResult } from './sink.ts'

type Write = (batch: Batch<MetricRecord>, signal: AbortSignal) => Promise<WriteResult>

interface Setup {
  readonly lane: Lane<MetricRecord>
  readonly finished: Finished[]
  readonly scheduler: LaneScheduler
  readonly push: (...specs: RecordSpec[]) => void
}

interface SetupOptions {
  readonly write: Write
  readonly deps?: Partial<LaneDeps<MetricRecord>>
  readonly limits?: Partial<SinkLimits>
  readonly tenants?: FakeTenants
  readonly past?: LanePast
}

function setup({ write, deps = {}, limits = {}, tenants = tenantsOf(TENANT), past = {} }: SetupOptions): Setup {
  const all = { ...DEFAULT_SINK_LIMITS, recordsPerWrite: 1, retryBaseMs: 100, ...limits }
  const judge = judgeOf(tenants)
  const mailbox = new LaneMailbox({ sinkName: 'prometheus', limits: all, judge: (record) => judge.judge(record) })
  const scheduler = new LaneScheduler(4)
  const finished: Finished[] = []
  const allDeps: LaneDeps<MetricRecord> = {
    sinkName: 'prometheus',
    limits: all,
    log: quiet,
    tracing: NO_TRACING,
    write,
    prepare: () => Promise.resolve(),
    backendUp: () => Promise.resolve(true),
    schedule: (steps) => scheduler.add(steps),
    onFinished: (_lane, done) => finished.push(...done),
    onTrouble: () => undefined,
    onStop: () => undefined,
    countRefused: () => null,
    onAbandoned: () => undefined,
    ...deps,
  }
  const lane = new Lane(TENANT, mailbox, allDeps, past)
  let offset = 0
  const push = (...specs: RecordSpec[]): void => {
    for (const spec of specs) lane.push(laneItem(metricsRecord({ offset: offset++, ...spec })))
  }
  return { lane, finished, scheduler, push }
}

const offsetsOf = (batch: Batch<MetricRecord>): number[] => batch.records.map(({ position }) => position.offset)

describe('Lane', () => {
  beforeEach(() => {
    jest.useFakeTimers()
    jest.spyOn(Math, 'random').mockReturnValue(0.5)
  })
  afterEach(() => {
    jest.useRealTimers()
    jest.restoreAllMocks()
  })

  it('writes record after record, one write at a time', async () => {
    let active = 0
    let most = 0
    const seen: number[] = []
    const { push, lane, finished } = setup({
      write: async (batch) => {
        most = Math.max(most, (active += 1))
        seen.push(...offsetsOf(batch))
        await settle()
        active -= 1
        return stored(batch)
      },
    })
    push({}, {}, {})
    await jest.advanceTimersByTimeAsync(1)
    await settle()
    expect(seen).toEqual([0, 1, 2])
    expect(most).toBe(1)
    expect(finished.map(({ row }) => row.counts?.delivered)).toEqual([2, 2, 2])
    expect([lane.bytes, lane.records]).toEqual([0, 0])
  })

  it('knows for how long it has tried in vain', async () => {
    let answer: (result: WriteResult) => void = () => undefined
    const { push, lane } = setup({ write: () => new Promise((resolve) => (answer = resolve)) })
    expect(lane.stuckMs).toBe(0)
    await jest.advanceTimersByTimeAsync(5_000)
    push({}, {})
    await jest.advanceTimersByTimeAsync(1_000)
    push({})
    expect(lane.stuckMs).toBe(1_000)
    answer({ outcomes: [delivered(2)] })
    await jest.advanceTimersByTimeAsync(20)
    expect([lane.stuckMs, lane.records]).toEqual([20, 2])
    lane.forgive()
    expect(lane.stuckMs).toBe(0)
  })

  it('gives back what it has once nothing was stored for so long', async () => {
    const { push, lane } = setup({ write: () => new Promise(() => undefined) })
    push({}, {})
    await jest.advanceTimersByTimeAsync(4_000)
    const given: number[] = []
    void lane.retire(5_000, 'test').then((items) => given.push(...items.map(({ record }) => record.offset)))
    await jest.advanceTimersByTimeAsync(999)
    expect(given).toEqual([])
    await jest.advanceTimersByTimeAsync(1)
    expect(given).toEqual([0, 1])
  })

  it('sends the open points again, and nothing newer before them', async () => {
    const calls: string[] = []
    const { push, finished } = setup({
      write: (batch) => {
        const [record] = batch.records
        calls.push(`${offsetsOf(batch).join(',')} ${record?.select?.join(',') ?? 'all'}`)
        if (calls.length === 1) return Promise.resolve({ outcomes: [{ ...NOTHING, delivered: 2, retry: [2, 0] }] })
        return Promise.resolve({ outcomes: [delivered(record?.select?.length ?? 4)] })
      },
    })
    push({ points: 4 }, { points: 4 })
    await jest.advanceTimersByTimeAsync(49)
    expect(calls).toEqual(['0 all'])
    await jest.advanceTimersByTimeAsync(1)
    expect(calls).toEqual(['0 all', '0 0,2', '1 all'])
    expect(finished.map(({ row }) => row.counts?.delivered)).toEqual([4, 4])
  })

  it('finishes the records of a merged write that are done, and goes on with the others', async () => {
    const calls: number[][] = []
    const { push, finished } = setup({
      limits: { recordsPerWrite: 10 },
      write: (batch) => {
        calls.push(offsetsOf(batch))
        const outcomes = batch.records.map(() => delivered(2))
        if (calls.length === 1) outcomes[1] = { ...NOTHING, retry: [0, 1] }
        return Promise.resolve({ outcomes })
      },
    })
    push({}, {}, {})
    await jest.advanceTimersByTimeAsync(0)
    expect(finished.map(({ item }) => item.record.offset)).toEqual([0, 2])
    await jest.advanceTimersByTimeAsync(100)
    expect(calls).toEqual([[0, 1, 2], [1]])
    expect(finished.map(({ item }) => item.record.offset)).toEqual([0, 2, 1])
  })

  it('asks with one record after a failure, and sends all again once that is stored', async () => {
    const calls: number[][] = []
    const { push, finished } = setup({
      limits: { recordsPerWrite: 10 },
      write: (batch) => {
        calls.push(offsetsOf(batch))
        return calls.length < 3 ? Promise.reject(new Error('connection reset')) : Promise.resolve(stored(batch))
      },
    })
    push({}, {}, {}, {})
    await jest.advanceTimersByTimeAsync(49)
    push({})
    await jest.advanceTimersByTimeAsync(200)
    expect(calls).toEqual([[0, 1, 2, 3], [0], [0], [1, 2, 3], [4]])
    expect(finished.map(({ item }) => item.record.offset)).toEqual([0, 1, 2, 3, 4])
  })

  it('begins with one record where the backend may well refuse', async () => {
    const calls: number[][] = []
    const { push } = setup({
      limits: { recordsPerWrite: 10 },
      past: { doubtful: true },
      write: (batch) => {
        calls.push(offsetsOf(batch))
        return Promise.resolve(stored(batch))
      },
    })
    push({}, {}, {})
    await jest.advanceTimersByTimeAsync(1)
    await settle()
    expect(calls).toEqual([[0], [1, 2]])
  })

  it('comes again no sooner than the backend asks for', async () => {
    let calls = 0
    const { push } = setup({
      write: (batch) => {
        calls += 1
        if (calls > 1) return Promise.resolve(stored(batch))
        return Promise.resolve({ outcomes: [{ ...NOTHING, retry: [0, 1] }], afterMs: 5_000 })
      },
    })
    push({})
    await jest.advanceTimersByTimeAsync(4_999)
    expect(calls).toBe(1)
    await jest.advanceTimersByTimeAsync(100)
    expect(calls).toBe(2)
  })

  it('waits longer after each failure, and opens its breaker', async () => {
    const timesMs: number[] = []
    const { push, lane } = setup({
      limits: { breakerFailures: 3, breakerOpenMs: 10_000 },
      write: () => {
        timesMs.push(Date.now())
        return Promise.reject(new Error('connection reset'))
      },
    })
    const startMs = Date.now()
    push({})
    await jest.advanceTimersByTimeAsync(11_000)
    expect(timesMs.map((timeMs) => timeMs - startMs)).toEqual([0, 50, 150, 10_150])
    expect(lane.breaker.openSinceMs).toBe(startMs + 150)
  })

  it('does not count against the lane what the backend as a whole is to blame for', async () => {
    let up = false
    const { push, lane, finished, scheduler } = setup({
      limits: { breakerFailures: 1 },
      write: (batch) => (up ? Promise.resolve(stored(batch)) : Promise.reject(new Error('refused'))),
      deps: {
        backendUp: () => {
          scheduler.hold('backend')
          return Promise.resolve(false)
        },
      },
    })
    push({})
    await jest.advanceTimersByTimeAsync(60_000)
    expect([lane.breaker.state, finished]).toEqual(['closed', []])
    up = true
    scheduler.release('backend')
    await jest.advanceTimersByTimeAsync(0)
    expect(finished).toHaveLength(1)
  })

  it('gives a write up after its time, tells the sink so, and tries again', async () => {
    const signals: AbortSignal[] = []
    const { push, finished } = setup({
      limits: { writeTimeoutMs: 1_000 },
      write: (batch, signal) => {
        signals.push(signal)
        return signals.length === 1 ? new Promise(() => undefined) : Promise.resolve(stored(batch))
      },
    })
    push({})
    await jest.advanceTimersByTimeAsync(1_000)
    expect(signals[0]?.aborted).toBe(true)
    await jest.advanceTimersByTimeAsync(100)
    expect(finished).toHaveLength(1)
    expect(signals[1]?.aborted).toBe(false)
  })

  it('books nothing of a write that was in flight when it was closed', async () => {
    let finishWrite: (result: WriteResult) => void = () => undefined
    let signal: AbortSignal | undefined
    const { push, lane, finished } = setup({
      write: (_batch, given) => {
        signal = given
        return new Promise((resolve) => (finishWrite = resolve))
      },
    })
    push({}, {})
    await jest.advanceTimersByTimeAsync(0)
    lane.close('the assignment is void')
    expect(signal?.aborted).toBe(true)
    finishWrite({ outcomes: [delivered(2)] })
    await jest.advanceTimersByTimeAsync(60_000)
    expect(finished).toEqual([])
  })

  it('stops waiting when it is closed', async () => {
    let calls = 0
    const { push, lane } = setup({
      write: () => {
        calls += 1
        return Promise.reject(new Error('refused'))
      },
    })
    push({})
    await jest.advanceTimersByTimeAsync(10)
    lane.close('the sink stops')
    await jest.advanceTimersByTimeAsync(60_000)
    expect(calls).toBe(1)
  })

  it.each([
    ['too few records', { outcomes: [] }],
    ['too few points', { outcomes: [delivered(1)] }],
  ])('books nothing of an answer for %s, and sends all again', async (_what, wrong) => {
    let calls = 0
    const { push, finished } = setup({
      write: (batch) => Promise.resolve((calls += 1) === 1 ? wrong : stored(batch)),
    })
    push({})
    await jest.advanceTimersByTimeAsync(0)
    expect(finished).toEqual([])
    await jest.advanceTimersByTimeAsync(100)
    expect(finished.map(({ row }) => row.counts?.delivered)).toEqual([2])
  })

  it('waits for a configuration that has not arrived and goes on when it has', async () => {
    const tenants = tenantsOf(TENANT)
    const { push, finished } = setup({ tenants, write: (batch) => Promise.resolve(stored(batch)) })
    push({ head: { configVersion: 2 } }, {})
    await jest.advanceTimersByTimeAsync(30_000)
    expect(finished).toEqual([])
    tenants.put(tenantConfig(TENANT, { version: 2 }))
    await jest.advanceTimersByTimeAsync(2_000)
    expect(finished.map(({ item }) => item.record.offset)).toEqual([0, 1])
  })

  it('writes nothing before the backend is prepared for the tenant', async () => {
    let prepared = false
    let attempts = 0
    const { push, finished } = setup({
      write: (batch) => (prepared ? Promise.resolve(stored(batch)) : Promise.reject(new Error('written too early'))),
      deps: {
        prepare: () => {
          attempts += 1
          if (attempts < 3) return Promise.reject(new Error('no bucket yet'))
          prepared = true
          return Promise.resolve()
        },
      },
    })
    push({})
    await jest.advanceTimersByTimeAsync(2_000)
    expect([attempts, finished.length]).toEqual([3, 1])
  })
})
