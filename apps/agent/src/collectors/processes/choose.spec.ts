import { describe, expect, it } from '@jest/globals'
import { choose, MAX_NAMED, processKey } from './choose.ts'
import type { ProcessStat } from './files.ts'

const stat = (pid: number, changes: Partial<ProcessStat> = {}): ProcessStat => ({
  pid,
  parentPid: 1,
  name: `p${pid}`,
  userSeconds: 0,
  systemSeconds: 0,
  minorFaults: 0,
  majorFaults: 0,
  threads: 1,
  startSeconds: 1,
  residentPages: 0,
  ...changes,
})
const pids = (chosen: readonly ProcessStat[]): number[] => chosen.map(({ pid }) => pid)
const all = [
  stat(1, { userSeconds: 100, residentPages: 1 }),
  stat(2, { userSeconds: 6, residentPages: 50 }),
  stat(3, { systemSeconds: 5, residentPages: 40 }),
  stat(4, { name: 'post.gres: 14/main' }),
]

describe('choose', () => {
  it('takes the greatest by CPU and by memory', () => {
    expect(pids(choose(all, new Map(), { top: 1, names: [] }))).toEqual([1, 2])
    expect(pids(choose(all, new Map(), { top: 2, names: [] }))).toEqual([1, 2, 3])
    expect(choose(all, new Map(), { top: 0, names: [] })).toEqual([])
  })

  it('means the CPU time since the last reading, and a new process under an old id begins at 0', () => {
    const before = new Map([
      [processKey(stat(1)), 99.9],
      [processKey(stat(2)), 1],
      [processKey(stat(3, { startSeconds: 0 })), 5],
    ])
    expect(pids(choose(all, before, { top: 1, names: [] }))).toEqual([2])
    expect(pids(choose(all.slice(2), before, { top: 1, names: [] }))).toEqual([3])
  })

  it.each([
    [['post.gres*'], [4]],
    [['*/main'], [4]],
    [['postXgres*'], []],
    [
      ['p1', 'p3'],
      [1, 3],
    ],
    [['*'], [1, 2, 3, 4]],
    [['main'], []],
  ])('takes those with the names %j', (names, expected) => {
    expect(pids(choose(all, new Map(), { top: 0, names }))).toEqual(expected)
  })

  it('is bounded, whatever fits a name', () => {
    const many = Array.from({ length: 500 }, (_, pid) => stat(pid + 1))
    expect(choose(many, new Map(), { top: 3, names: ['*'] }).length).toBeLessThanOrEqual(MAX_NAMED + 6)
  })
})
