import { beforeEach, describe, expect, it } from '@jest/globals'
import type { SeriesState } from '../series/series-state.ts'
import { stateOf } from '../../test/support/states.ts'
import { Checkpoints } from './checkpoints.ts'

describe('Checkpoints', () => {
  let nowMs: number
  let checkpoints: Checkpoints

  beforeEach(() => {
    nowMs = 1000
    checkpoints = new Checkpoints({ partitions: [0, 1], intervalMs: 100, now: () => nowMs })
  })

  function touch(state: SeriesState, offset: number): void {
    state.offset = offset
    if (!state.dirty) {
      state.dirty = true
      checkpoints.dirty(state)
    }
    checkpoints.scored(state.partition, offset)
  }
  const keys = (slice: ReturnType<Checkpoints['slice']>) =>
    slice?.records.map(({ key }) => String(key).split('/')[1]?.replace(/^0+/, ''))

  it('has nothing to write before the interval is over, nor when nothing was scored', () => {
    expect(checkpoints.slice()).toBeUndefined()
    touch(stateOf('a'), 5)
    expect(checkpoints.slice()).toBeUndefined()
    nowMs += 200
    expect(checkpoints.slice()).toMatchObject({ commits: [{ partition: 0, offset: 6 }] })
  })

  it('writes what has changed, to the partition of its input and with its offset', () => {
    touch(stateOf('a'), 5)
    nowMs += 200
    const slice = checkpoints.slice()
    expect(slice?.records).toMatchObject([
      { topic: 'pegel.detector-state.v1', partition: 0, headers: { 'pegel-source-offset': '5' } },
    ])
    expect(slice?.bytes).toBe(slice?.records[0]?.value?.byteLength)
    expect(checkpoints.slice(true)).toMatchObject({ records: [] })
  })

  it('commits where the round began, though a series is written with more', () => {
    const big = Array.from({ length: 40 }, (_, index) =>
      stateOf(`big${index}`, { pending: new Array<number>(8000).fill(1) }),
    )
    for (const state of big) touch(state, 10)
    nowMs += 200
    const first = checkpoints.slice()
    expect(first?.commits).toEqual([])
    expect(first?.bytes).toBeLessThan(1.2 * 1024 * 1024)
    // Scored between two slices: the one is written already and stays dirty, the other goes with what it has now.
    touch(big[0] ?? stateOf('x'), 11)
    touch(big[39] ?? stateOf('x'), 11)
    const rest: unknown[] = []
    let commits: readonly unknown[] = []
    while (commits.length === 0) {
      const slice = checkpoints.slice()
      rest.push(...(slice?.records ?? []))
      commits = slice?.commits ?? []
    }
    expect(commits).toMatchObject([{ partition: 0, offset: 11 }])
    expect(rest.at(-1)).toMatchObject({ headers: { 'pegel-source-offset': '11' } })
    checkpoints.committed([{ topic: 't', partition: 0, offset: 11 }])
    nowMs += 200
    const next = checkpoints.slice()
    expect(keys(next)).toEqual(['big0'])
    expect(next?.commits).toMatchObject([{ offset: 12 }])
  })

  it('writes tombstones for what is gone, and nothing for what died waiting', () => {
    const [gone, kept] = [stateOf('gone'), stateOf('kept')]
    touch(gone, 1)
    touch(kept, 2)
    gone.dead = true
    checkpoints.gone(gone)
    nowMs += 200
    const slice = checkpoints.slice()
    expect(slice?.records.map(({ value }) => value === null)).toEqual([true, false])
    expect(keys(slice)).toEqual(['gone', 'kept'])
  })

  it('a tombstone goes before what comes again under its key', () => {
    const old = stateOf('a')
    old.dead = true
    checkpoints.gone(old)
    touch(stateOf('a'), 3)
    nowMs += 200
    expect(checkpoints.slice()?.records.map(({ value }) => value === null)).toEqual([true, false])
  })

  it('what was learned elsewhere is written without a commit', () => {
    const learned = stateOf('warm')
    learned.dirty = true
    checkpoints.dirty(learned)
    nowMs += 200
    expect(checkpoints.slice()).toMatchObject({ commits: [], records: [{ headers: { 'pegel-source-offset': '-1' } }] })
    expect(checkpoints.slice(true)).toBeUndefined()
  })

  it('keeps partitions apart', () => {
    touch(stateOf('a'), 5)
    touch(stateOf('b', { partition: 1 }), 7)
    expect(checkpoints.slice(true)?.commits).toMatchObject([
      { partition: 0, offset: 6 },
      { partition: 1, offset: 8 },
    ])
  })

  it('knows how long the oldest record waits for its commit', () => {
    expect(checkpoints.behindMs).toBe(0)
    checkpoints.scored(0, 5)
    nowMs += 70
    expect(checkpoints.behindMs).toBe(70)
    checkpoints.committed([{ topic: 't', partition: 0, offset: 6 }])
    expect(checkpoints.behindMs).toBe(0)
  })
})
