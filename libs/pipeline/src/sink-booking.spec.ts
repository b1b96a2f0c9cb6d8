import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { CommitRequest } from '@pegel/kafka'
import { judgeOf, metricsRecord, quiet } from '../test/sink-fixtures.ts'
import { sizeOf } from './lane-item.ts'
import { LaneMailbox } from './lane-mailbox.ts'
import { SinkBooking } from './sink-booking.ts'
import type { BookingOptions } from './sink-booking.ts'
import type { Finished } from './sink-finish.ts'

interface Setup {
  readonly booking: SinkBooking
  readonly commits: number[]
  readonly booked: number[]
  /** Tracked and finished, not yet booked. */
  readonly finished: (offset: number, options?: { readonly refused?: boolean }) => Finished
}

function setup(options: Partial<BookingOptions> = {}): Setup {
  const commits: number[] = []
  const booked: number[] = []
  const booking = new SinkBooking({
    epoch: 4,
    ledger: { write: () => Promise.resolve() },
    deadLetters: { write: () => Promise.resolve() },
    commit: (requests: readonly CommitRequest[]) => {
      commits.push(...requests.map(({ offset }) => offset))
      return Promise.resolve()
    },
    commitIntervalMs: 100,
    log: quiet,
    onBooked: (done) => booked.push(...done.map(({ item }) => item.record.offset)),
    ...options,
  })
  const judge = judgeOf()
  const finished: Setup['finished'] = (offset, { refused = false } = {}) => {
    const record = metricsRecord(refused ? { offset, key: 'other' } : { offset, points: 0 })
    const ticket = booking.tracker.track(record, offset, 4)
    if (ticket === undefined) throw new Error('expected a ticket')
    const limits = { recordsPerWrite: 1, pointsPerWrite: 1, bytesPerWrite: 1 }
    const mailbox = new LaneMailbox({ sinkName: 'prometheus', limits, judge: (each) => judge.judge(each) })
    mailbox.push({ record, ticket, sizeBytes: sizeOf(record) })
    const [done] = mailbox.collect().finished
    if (done === undefined) throw new Error('expected a finished record')
    return done
  }
  return { booking, commits, booked, finished }
}

describe('SinkBooking', () => {
  beforeEach(() => {
    jest.useFakeTimers()
  })
  afterEach(() => {
    jest.useRealTimers()
  })

  it('commits nothing before the ledger has it', async () => {
    let acknowledge = (): void => undefined
    const { booking, commits, booked, finished } = setup({
      ledger: { write: () => new Promise((resolve) => (acknowledge = resolve)) },
    })
    void booking.book([finished(0)])
    await jest.advanceTimersByTimeAsync(10_000)
    expect([commits, booked]).toEqual([[], []])
    acknowledge()
    await jest.advanceTimersByTimeAsync(100)
    expect([commits, booked]).toEqual([[1], [0]])
  })

  it('commits nothing before the dead letters have it', async () => {
    let acknowledge = (): void => undefined
    const { booking, commits, finished } = setup({
      deadLetters: { write: () => new Promise((resolve) => (acknowledge = resolve)) },
    })
    void booking.book([finished(0, { refused: true })])
    await jest.advanceTimersByTimeAsync(10_000)
    expect(commits).toEqual([])
    acknowledge()
    await jest.advanceTimersByTimeAsync(100)
    expect(commits).toEqual([1])
  })

  it('commits up to the first record that is not done', async () => {
    const { booking, commits, finished } = setup()
    const [first, second, third] = [finished(5), finished(6), finished(7)]
    void booking.book([third])
    await jest.advanceTimersByTimeAsync(100)
    expect(commits).toEqual([])
    void booking.book([first])
    await jest.advanceTimersByTimeAsync(100)
    void booking.book([second])
    await jest.advanceTimersByTimeAsync(100)
    expect(commits).toEqual([6, 8])
  })

  it('commits for many outcomes at once', async () => {
    const { booking, commits, finished } = setup()
    for (let offset = 0; offset < 20; offset += 1) {
      void booking.book([finished(offset)])
      await jest.advanceTimersByTimeAsync(4)
    }
    await jest.advanceTimersByTimeAsync(100)
    expect(commits).toEqual([20])
  })

  it('leaves a record that could not be booked to its redelivery', async () => {
    const { booking, commits, booked, finished } = setup({
      ledger: { write: () => Promise.reject(new Error('the ledger writer is closed')) },
    })
    void booking.book([finished(0)])
    await jest.advanceTimersByTimeAsync(1_000)
    expect([commits, booked]).toEqual([[], []])
    await booking.drain()
  })

  it('tries a commit again that failed', async () => {
    let failures = 2
    const { booking, commits, finished } = setup({
      commit: (requests) => {
        if (failures-- > 0) return Promise.reject(new Error('coordinator moved'))
        commits.push(...requests.map(({ offset }) => offset))
        return Promise.resolve()
      },
    })
    void booking.book([finished(0)])
    await jest.advanceTimersByTimeAsync(400)
    expect(commits).toEqual([1])
  })

  it('drained, has committed everything that was given to it', async () => {
    const { booking, commits, finished } = setup()
    void booking.book([finished(0)])
    void booking.book([finished(1)])
    await booking.drain()
    expect(commits).toEqual([2])
  })

  it('closed, books and commits nothing more', async () => {
    const { booking, commits, booked, finished } = setup()
    const [first, second] = [finished(0), finished(1)]
    void booking.book([first])
    booking.close()
    void booking.book([second])
    await jest.advanceTimersByTimeAsync(1_000)
    expect(commits).toEqual([])
    expect(booked).not.toContain(1)
  })
})
