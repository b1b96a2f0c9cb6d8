import { afterEach, describe, expect, it } from '@jest/globals'
import { kafkaErrors } from './errors.ts'
import { recordBytes } from './record-size.ts'
import { SendQueue, type Lane, type QueuedRecord } from './send-queue.ts'
import { Ticket } from './ticket.ts'

const lane = (partition: number, maxBatchBytes = 100_000): Lane => ({ topic: 't', partition, maxBatchBytes })
const tickets: Ticket[] = []
const ticket = (): Ticket => {
  const made = new Ticket({ records: 1, bytes: 1, deadlineMs: 60_000, onDeadline: () => kafkaErrors.closed() })
  made.promise.catch(() => undefined)
  tickets.push(made)
  return made
}
const item = (name: string, bytes = 10): QueuedRecord => ({
  ticket: ticket(),
  index: 0,
  record: { topic: 't', key: name, value: Buffer.alloc(bytes) },
  alone: false,
  uncompressed: false,
})
const names = (batches: ReturnType<SendQueue['take']>): unknown[] =>
  batches.map(({ lane: { partition }, items }) => [partition, items.map(({ record }) => record.key).join('')])

afterEach(() => {
  for (const open of tickets.splice(0)) open.fail(kafkaErrors.closed())
})

describe('SendQueue', () => {
  it('gives one batch per partition, in the order of arrival', () => {
    const queue = new SendQueue(1_000_000)
    for (const [name, partition] of [
      ['a', 0],
      ['b', 1],
      ['c', 0],
      ['d', 1],
    ] as const)
      queue.add(lane(partition), item(name))
    expect(names(queue.take())).toEqual([
      [0, 'ac'],
      [1, 'bd'],
    ])
    expect(queue.empty).toBe(true)
    expect(queue.take()).toEqual([])
  })

  it('keeps a batch within what the topic takes, compressed or not', () => {
    const queue = new SendQueue(1_000_000)
    for (const name of ['a', 'b', 'c']) queue.add(lane(0, 10_000), item(name, 4500))
    expect(names(queue.take())).toEqual([[0, 'ab']])
    expect(names(queue.take())).toEqual([[0, 'c']])
  })

  it('lets a record that is larger go by itself, and none of its neighbours with it', () => {
    const queue = new SendQueue(1_000_000)
    for (const [name, bytes] of [
      ['a', 10],
      ['X', 20_000],
      ['b', 10],
    ] as const)
      queue.add(lane(0, 10_000), item(name, bytes))
    expect([names(queue.take()), names(queue.take()), names(queue.take())]).toEqual([
      [[0, 'a']],
      [[0, 'X']],
      [[0, 'b']],
    ])
  })

  it('sends what must be alone alone', () => {
    const queue = new SendQueue(1_000_000)
    const items = [item('a'), item('b'), item('c')]
    for (const each of items) queue.add(lane(0), each)
    const [first, second] = items
    if (first !== undefined) first.alone = true
    if (second !== undefined) second.alone = true
    expect([names(queue.take()), names(queue.take()), names(queue.take())]).toEqual([
      [[0, 'a']],
      [[0, 'b']],
      [[0, 'c']],
    ])
  })

  it('puts back before all that is newer', () => {
    const queue = new SendQueue(1_000_000)
    queue.add(lane(0), item('a'))
    queue.add(lane(0), item('b'))
    const [batch] = queue.take()
    queue.add(lane(0), item('c'))
    if (batch !== undefined) queue.putBack(batch)
    expect(names(queue.take())).toEqual([[0, 'abc']])
  })

  it('bounds a request and starves no partition', () => {
    const queue = new SendQueue(3 * recordBytes(item('a', 1000).record))
    for (let partition = 0; partition < 5; partition++) {
      queue.add(lane(partition, 2200), item('a', 1000))
      queue.add(lane(partition, 2200), item('b', 1000))
    }
    const rounds = [queue.take(), queue.take(), queue.take(), queue.take()].map(names)
    expect(rounds).toEqual([
      [
        [0, 'a'],
        [1, 'a'],
        [2, 'a'],
      ],
      [
        [3, 'a'],
        [4, 'a'],
        [0, 'b'],
      ],
      [
        [1, 'b'],
        [2, 'b'],
        [3, 'b'],
      ],
      [[4, 'b']],
    ])
  })

  it('drops what nobody waits for any more', () => {
    const queue = new SendQueue(1_000_000)
    const [gone, kept, alsoGone] = [item('a'), item('b'), item('c')]
    queue.add(lane(0), gone)
    queue.add(lane(0), kept)
    queue.add(lane(1), alsoGone)
    gone.ticket.fail(kafkaErrors.closed())
    alsoGone.ticket.fail(kafkaErrors.closed())
    queue.purge()
    expect(names(queue.take())).toEqual([[0, 'b']])
    queue.add(lane(0), gone)
    expect(queue.take()).toEqual([])
    expect(queue.empty).toBe(true)
  })
})
