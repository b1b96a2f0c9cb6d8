import { describe, expect, it } from '@jest/globals'
import { metricsRecord } from '../../test/sink-fixtures.ts'
import type { LaneItem } from '../lane-item.ts'
import type { Lane } from '../lane.ts'
import type { Finished } from '../sink-finish.ts'
import type { MetricRecord } from '../sink.ts'
import { DrainProgress } from './drain-progress.ts'
import { LaneDrain } from './lane-drain.ts'
import type { ParkedCopy, ReadBack } from './read-back.ts'

const MAX_BYTES = 5_000

function setup() {
  const calls: string[] = []
  const items: LaneItem[] = []
  let onFinished: (finished: readonly Finished[]) => void = () => undefined
  let onCopy: (copy: ParkedCopy) => void = () => undefined
  const lane = {
    push: (item: LaneItem) => items.push(item),
    close: () => undefined,
    get bytes() {
      return items.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    },
  }
  const back = {
    open: () => Promise.resolve(),
    pause: () => calls.push('pause'),
    resume: () => calls.push('resume'),
    close: () => undefined,
    lastOffset: -1,
  }
  const drain = new LaneDrain<MetricRecord>({
    createLane: (callback) => {
      onFinished = callback
      return lane as unknown as Lane<MetricRecord>
    },
    createReadBack: (callback) => {
      onCopy = callback
      return back as unknown as ReadBack
    },
    progress: new DrainProgress({ anchor: 0, doneOffset: -1 }),
    book: () => Promise.resolve(true),
    admit: (record) => record,
    trace: () => undefined,
    maxBytes: MAX_BYTES,
    onProgress: () => calls.push('progress'),
    onFailed: (error) => {
      throw error
    },
  })
  let offset = 0
  const copy = (): void => onCopy({ offset, parkedAtMs: 1, points: 2, record: metricsRecord({ offset: offset++ }) })
  const finish = async (): Promise<void> => {
    const item = items.shift()
    if (item !== undefined) onFinished([{ item } as Finished])
    await Promise.resolve()
  }
  return { drain, copy, finish, calls, lane }
}

describe('LaneDrain', () => {
  it('reads no more than one fetch before the backend has taken something', async () => {
    const { drain, copy, finish, calls } = setup()
    copy()
    copy()
    expect([calls, drain.works]).toEqual([['pause'], false])
    await finish()
    expect([calls, drain.works]).toEqual([['pause', 'resume', 'progress'], true])
  })

  it('stops reading when it holds too much, and goes on at half', async () => {
    const { copy, finish, calls, lane } = setup()
    copy()
    await finish()
    calls.length = 0
    while (lane.bytes <= MAX_BYTES) copy()
    expect(calls).toEqual(['pause'])
    while (lane.bytes > MAX_BYTES / 2) await finish()
    expect(calls.filter((call) => call !== 'progress')).toEqual(['pause', 'resume'])
  })
})
