import { describe, expect, it } from '@jest/globals'
import { assignPartitions, partitionsIn, subscriptionOf } from './assignment.ts'
import { Committer } from './committer.ts'
import { codeOf, kafkaErrors } from './errors.ts'
import { keepBeating } from './heartbeat.ts'
import { createNames } from './names.ts'
import type { CommitRequest } from './port.ts'
import { judgeProduce, mayBeWritten, nameOfCode, protocolTypeOf, toOffset } from './protocol-codes.ts'
import { place, startPositions } from './start-positions.ts'
import { Wake } from './wake.ts'

describe('assignPartitions', () => {
  const member = (memberId: string, topics: string[]) => ({ memberId, memberMetadata: subscriptionOf(topics).metadata })
  const partitions = (count: number) => Array.from({ length: count }, (_, partitionId) => ({ partitionId, leader: 1 }))
  const assign = (members: ReturnType<typeof member>[], counts: Record<string, number>) =>
    new Map(
      assignPartitions(members, (topic) => partitions(counts[topic] ?? 0)).map(({ memberId, memberAssignment }) => [
        memberId,
        partitionsIn(memberAssignment, Object.keys(counts)).map(({ topic, partition }) => `${topic}${partition}`),
      ]),
    )

  it('gives the same partition number of every topic to the same member', () => {
    const given = assign([member('m2', ['a', 'b']), member('m1', ['a', 'b'])], { a: 3, b: 3 })
    expect(given.get('m1')).toEqual(['a0', 'a2', 'b0', 'b2'])
    expect(given.get('m2')).toEqual(['a1', 'b1'])
  })

  it('gives a topic only to those who subscribed to it', () => {
    const given = assign([member('old', ['a']), member('new', ['a', 'b'])], { a: 2, b: 2 })
    expect(given.get('old')).toEqual(['a1'])
    expect(given.get('new')).toEqual(['a0', 'b0', 'b1'])
  })

  it('gives nothing to a member too many', () => {
    const given = assign(
      ['m1', 'm2', 'm3'].map((id) => member(id, ['a'])),
      { a: 2 },
    )
    expect([...given.values()].map((p) => p.length).sort()).toEqual([0, 1, 1])
    expect(partitionsIn(Buffer.alloc(0), ['a'])).toEqual([])
  })
})

describe('startPositions', () => {
  const range = { earliest: 10, latest: 20 }
  it.each([
    { committed: -1, next: 10, gap: null },
    { committed: 10, next: 10, gap: null },
    { committed: 15, next: 15, gap: null },
    { committed: 20, next: 20, gap: null },
    { committed: 3, next: 10, gap: { from: 3, to: 10 } },
    { committed: 21, next: 10, gap: null },
  ])('of a committed offset $committed in 10..20', ({ committed, next, gap }) => {
    expect(place(committed, range)).toEqual({ next, gap })
    const start = startPositions([{ topic: 't', partition: 1, offset: committed }], () => range)
    expect(start.positions).toEqual([{ topic: 't', partition: 1, next }])
    expect(start.gaps).toEqual(gap === null ? [] : [{ topic: 't', partition: 1, ...gap }])
  })

  it('takes what was committed where the range is not known', () => {
    const committed = [
      { topic: 't', partition: 0, offset: -1 },
      { topic: 't', partition: 1, offset: 4 },
    ]
    const { positions, gaps } = startPositions(committed, () => undefined)
    expect(positions.map(({ next }) => next)).toEqual([-1, 4])
    expect(gaps).toEqual([])
  })
})

describe('Committer', () => {
  const at = (partition: number, offset: number): CommitRequest => ({ topic: 't', partition, offset })

  it('sends one at a time and merges what arrives meanwhile', async () => {
    const sent: string[] = []
    let release = (): void => undefined
    const committer = new Committer(async (offsets) => {
      sent.push(offsets.map(({ partition, offset }) => `${partition}:${offset}`).join())
      await new Promise<void>((resolve) => (release = resolve))
    })
    const all = [committer.commit([at(0, 1)]), committer.commit([at(0, 2), at(1, 5)]), committer.commit([at(0, 3)])]
    release()
    await all[0]
    release()
    await Promise.all(all)
    await committer.commit([])
    expect(sent).toEqual(['0:1', '1:5,0:3'].map((s) => s.split(',').sort().join()))
  })

  it('fails those that were in the request, and goes on', async () => {
    let attempts = 0
    const committer = new Committer(() => (attempts++ === 0 ? Promise.reject(new Error('no')) : Promise.resolve()))
    const failed = committer.commit([at(0, 1)])
    const merged = committer.commit([at(0, 2)])
    await expect(failed).rejects.toThrow('no')
    await merged
    expect(attempts).toBe(2)
  })
})

describe('keepBeating', () => {
  const beat = (send: () => Promise<void>, sessionTimeoutMs = 50) => {
    const end = new AbortController()
    const seen: string[] = []
    const outcome = keepBeating({
      intervalMs: 2,
      sessionTimeoutMs,
      send,
      isOver: (error) => error instanceof Error && error.message === 'over',
      onBeat: () => seen.push('beat'),
      onTrouble: (error) => seen.push(String(error)),
      onOver: () => seen.push('over'),
      signal: end.signal,
    })
    return { end, seen, outcome }
  }

  it('ends when the group says so', async () => {
    const over = new Error('over')
    const answers = [undefined, undefined, over]
    const { outcome, seen } = beat(() => {
      const answer = answers.shift()
      return answer === undefined ? Promise.resolve() : Promise.reject(answer)
    })
    expect(await outcome).toBe('rebalance')
    expect(seen).toEqual(['beat', 'beat', 'over'])
  })

  it('survives trouble that is shorter than the session, and not longer', async () => {
    const { outcome, seen } = beat(() => Promise.reject(new Error('away')))
    expect(await outcome).toBe('session_lost')
    expect(seen.length).toBeGreaterThan(1)
  })

  it('stops when told to, also in the middle of a beat', async () => {
    const idle = beat(() => Promise.resolve(), 1000)
    idle.end.abort()
    expect(await idle.outcome).toBe('stopped')
    const busy: ReturnType<typeof beat> = beat(() => {
      busy.end.abort()
      return Promise.reject(new Error('cut'))
    })
    expect(await busy.outcome).toBe('stopped')
    expect(busy.seen).toEqual([])
  })
})

describe('Wake', () => {
  it('ends a wait, or the next one when nobody waits', async () => {
    const wake = new Wake()
    wake.notify()
    wake.notify()
    await wake.wait(60_000)
    const waiting = wake.wait(60_000)
    wake.notify()
    await waiting
    await wake.wait(1)
  })
})

describe('names', () => {
  it('carry the prefix on the wire only', () => {
    const names = createNames('blue.')
    expect(names.toWire('pegel.ingest.v1')).toBe('blue.pegel.ingest.v1')
    expect(names.fromWire('blue.pegel.ingest.v1')).toBe('pegel.ingest.v1')
    expect(names.fromWire('green.pegel.ingest.v1')).toBe('green.pegel.ingest.v1')
    expect(createNames().toWire('t')).toBe('t')
  })
})

describe('protocol codes', () => {
  it.each([
    [0, 'written'],
    [6, 'again'],
    [7, 'again'],
    [20, 'again'],
    [10, 'too_large'],
    [18, 'too_large'],
    [45, 'producer_lost'],
    [59, 'producer_lost'],
    [29, 'refused'],
    [87, 'refused'],
    [999, 'refused'],
  ])('%i of a produce answer means %s', (value, verdict) => {
    expect(judgeProduce(value)).toBe(verdict)
  })

  it('tell whether a batch may be written all the same', () => {
    expect([7, 20, 6, 19].map(mayBeWritten)).toEqual([true, true, false, false])
  })

  it('have names', () => {
    expect([nameOfCode(6), nameOfCode(1234)]).toEqual(['NOT_LEADER_OR_FOLLOWER', 'error 1234'])
  })

  it('come with offsets, which are exact or refused', () => {
    expect([toOffset('-1'), toOffset('9007199254740991')]).toEqual([-1, 2 ** 53 - 1])
    expect(() => toOffset('9007199254740993')).toThrow('cannot be held exactly')
  })

  it('are found behind what kafkajs wraps', () => {
    const inner = Object.assign(new Error('x'), { type: 'UNKNOWN_TOPIC_OR_PARTITION' })
    expect(protocolTypeOf(new Error('outer', { cause: new Error('middle', { cause: inner }) }))).toBe(
      'UNKNOWN_TOPIC_OR_PARTITION',
    )
    expect(protocolTypeOf(new Error('plain'))).toBeUndefined()
    expect(protocolTypeOf('thrown string')).toBeUndefined()
  })
})

describe('errors', () => {
  it('have a code for metrics', () => {
    expect(codeOf(kafkaErrors.buffer_full())).toBe('kafka.buffer_full')
    expect(codeOf(new Error('a bug'))).toBe('unknown')
  })
})
