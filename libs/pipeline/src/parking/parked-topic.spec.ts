import { afterEach, describe, expect, it } from '@jest/globals'
import { decodeRecord, encodeRecord } from '@pegel/contracts'
import { eventually } from '@pegel/testing'
import { quiet } from '../../test/sink-fixtures.ts'
import { FakeLog } from '../../test/support/fake-log.ts'
import { controlDraft, PARKED_TOPIC } from './parked-record.ts'
import type { ParkedDraft } from './parked-record.ts'
import { ParkedTopic } from './parked-topic.ts'
import type { ParkedGap, ParkedTopicOptions } from './parked-topic.ts'

const KEY = { tenant: 'acme', topic: 'pegel.metrics.v1', partition: 0 }

function copy(offset: number): ParkedDraft {
  return {
    ...controlDraft(KEY, 'stop'),
    kind: 'record',
    offset,
    reason: 'breaker_open',
    points: 2,
    value: Buffer.of(1),
  }
}

describe('ParkedTopic', () => {
  const open: ParkedTopic[] = []
  afterEach(() => {
    for (const topic of open.splice(0)) topic.close()
  })

  function topicOf(log: FakeLog, owner: string, over: Partial<ParkedTopicOptions> = {}): ParkedTopic {
    const topic = new ParkedTopic({
      ...{
        kafka: log.port,
        producer: log,
        sink: 'influxdb',
        group: 'sink-influxdb',
        owner,
        partitions: [0],
        log: quiet,
      },
      ...{ onLane: () => undefined, onGap: () => undefined, bookmarkMs: 1, reclaimMs: 5 },
      ...over,
    })
    open.push(topic)
    return topic
  }

  const kinds = (log: FakeLog): readonly string[] =>
    log.records(PARKED_TOPIC).map(({ value }) => {
      const { kind, owner, offset } = decodeRecord('Parked', value ?? Buffer.alloc(0))
      return kind === 'record' ? `${owner}: ${offset}` : `${owner}: ${kind}`
    })

  const mark = (log: FakeLog): number | undefined => log.bookmarks.get(`sink-influxdb.parked ${PARKED_TOPIC}/0`)

  it('finds what was parked before', async () => {
    const log = new FakeLog()
    const first = topicOf(log, 'a')
    await first.open()
    await first.write(0, [copy(7), copy(9)])
    const second = topicOf(log, 'b')
    await second.open()
    expect([...second.lanes()]).toMatchObject([{ tenant: 'acme', partition: 0, state: { records: 2, lastOffset: 9 } }])
    expect(kinds(log)).toEqual(['a: fence', 'a: 7', 'a: 9', 'b: fence'])
  })

  it('takes no notice of what other sinks park', async () => {
    const log = new FakeLog()
    const other = topicOf(log, 'a', { sink: 'elasticsearch' })
    await other.open()
    await other.write(0, [copy(7)])
    const mine = topicOf(log, 'b')
    await mine.open()
    expect([...mine.lanes()]).toEqual([])
    await other.write(0, [copy(8)])
    expect(other.lane(KEY)).toMatchObject({ records: 2 })
  })

  it('sets its bookmark to the first record that is still needed', async () => {
    const log = new FakeLog()
    const topic = topicOf(log, 'a')
    await topic.open()
    await eventually(() => expect(mark(log)).toBe(0))
    log.bookmarks.clear()
    const next = topicOf(log, 'b')
    await next.open()
    await next.write(0, [copy(7), copy(9)])
    await eventually(() => expect(mark(log)).toBe(1))
    await next.write(0, [controlDraft(KEY, 'drained', { records: 1, offset: 7, upTo: 3 })])
    await next.write(0, [copy(10)])
    const third = topicOf(log, 'c')
    await third.open()
    await third.write(0, [controlDraft(KEY, 'drained', { offset: 10, upTo: 6 })])
    // Nothing is parked: its own fence.
    await eventually(() => expect(mark(log)).toBe(6))
  })

  it('begins at the bookmark', async () => {
    const log = new FakeLog()
    const first = topicOf(log, 'a')
    await first.open()
    await first.write(0, [copy(7), controlDraft(KEY, 'drained', { offset: 7, upTo: 2 }), copy(9)])
    first.close()
    log.bookmarks.set(`sink-influxdb.parked ${PARKED_TOPIC}/0`, 3)
    const read: number[] = []
    const second = topicOf(log, 'b', {
      kafka: {
        ...log.port,
        readAll: (topic, onRecord, options) =>
          log.port.readAll(
            topic,
            (record) => {
              read.push(record.offset)
              onRecord(record)
            },
            options,
          ),
      },
    })
    await second.open()
    expect(read).toEqual([3, 4])
    expect(second.lane(KEY)).toMatchObject({ records: 1, firstOffset: 9 })
  })

  it('says which records are gone, and goes on with the others', async () => {
    const log = new FakeLog()
    const first = topicOf(log, 'a')
    await first.open()
    await first.write(0, [copy(7), copy(9)])
    await eventually(() => expect(mark(log)).toBe(0))
    first.close()
    log.removeBefore(PARKED_TOPIC, 0, 2)
    const gaps: ParkedGap[] = []
    const second = topicOf(log, 'b', { onGap: (gap) => gaps.push(gap) })
    await second.open()
    expect(gaps).toEqual([{ partition: 0, from: 0, to: 2 }])
    expect(second.lane(KEY)).toMatchObject({ records: 1, firstOffset: 9 })
  })

  it('counts a record as written only when it was read back', async () => {
    const log = new FakeLog()
    const topic = topicOf(log, 'a')
    await topic.open()
    log.loseAnswers = 1
    await topic.write(0, [copy(7)])
    expect(kinds(log)).toEqual(['a: fence', 'a: 7', 'a: 7'])
    expect(topic.lane(KEY)).toMatchObject({ records: 1 })
  })

  it('writes again what another claim has made void', async () => {
    const log = new FakeLog()
    const topic = topicOf(log, 'a')
    await topic.open()
    const other = topicOf(log, 'b')
    await other.open()
    await topic.write(0, [copy(7)])
    expect(kinds(log)).toEqual(['a: fence', 'b: fence', 'a: 7', 'a: fence', 'a: 7'])
    expect(topic.lane(KEY)).toMatchObject({ records: 1, anchor: 4 })
    expect(other.lane(KEY)).toMatchObject({ records: 1, anchor: 4 })
  })

  it('of two claims at the same time, lets the first one hold, and tries again', async () => {
    const log = new FakeLog()
    const topic = topicOf(log, 'a')
    let once = true
    log.beforeAppend = () => {
      if (!once) return
      once = false
      const rival = {
        ...controlDraft({ ...KEY, topic: '' }, 'fence'),
        sink: 'influxdb',
        owner: 'b',
        seq: 1,
        parkedAtMs: 0,
      }
      log.append({ topic: PARKED_TOPIC, key: 'pegel', value: encodeRecord('Parked', rival) })
    }
    await topic.open()
    expect(kinds(log)).toEqual(['b: fence', 'a: fence', 'a: fence'])
    await topic.write(0, [copy(7)])
    expect(topic.lane(KEY)).toMatchObject({ records: 1 })
  })

  it('claims its partitions again now and then, so that little is read at the next start', async () => {
    const log = new FakeLog()
    const topic = topicOf(log, 'a', { renewMs: 5 })
    await topic.open()
    await eventually(() => expect(mark(log)).toBeGreaterThan(2))
    await topic.write(0, [copy(7)])
    await eventually(() => expect(topic.lane(KEY)).toMatchObject({ records: 1 }))
  })

  it('closed, gives up what is under way', async () => {
    const log = new FakeLog()
    const topic = topicOf(log, 'a')
    await topic.open()
    log.beforeAppend = () => Promise.reject(new Error('no broker'))
    const write = topic.write(0, [copy(7)])
    topic.close()
    await expect(write).rejects.toThrow('Given up')
    await expect(topic.write(0, [copy(8)])).rejects.toThrow('Given up')
  })

  it('goes on past what it cannot read', async () => {
    const log = new FakeLog()
    log.append({ topic: PARKED_TOPIC, key: 'acme', value: Buffer.of(9, 9) })
    log.append({ topic: PARKED_TOPIC, key: 'acme', value: null })
    const topic = topicOf(log, 'a')
    await topic.open()
    await topic.write(0, [copy(7)])
    expect(topic.lane(KEY)).toMatchObject({ records: 1 })
  })
})
