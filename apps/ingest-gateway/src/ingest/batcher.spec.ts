import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import {
  encodeGroupBlock,
  encodeSeriesBlock,
  MAX_BATCH_BYTES,
  PointsWriter,
  readBatch,
  type PointsChunk,
} from '@pegel/contracts'
import type { OutgoingRecord, Produced, Producer } from '@pegel/kafka'
import { Batcher, POINTS } from './batcher.ts'

const group = encodeGroupBlock({ resource: [], scope: { name: '', version: '', attributes: [] } })
const series = { kind: 'gauge', temporality: 'unspecified', monotonic: false, unit: '', attributes: [] } as const

function chunkOf(values: readonly number[]): PointsChunk {
  const writer = new PointsWriter()
  writer.beginGroup(group)
  const block = encodeSeriesBlock({ ...series, name: 'm' })
  writer.beginSeries({ fingerprintHi: 0, fingerprintLo: 1, block, startTimeMs: 0, startTimeNs: 0 })
  for (const [index, value] of values.entries()) writer.number(1000 + index, 0, value, 0)
  return writer.take()
}

function outcomeOf(chunks: readonly PointsChunk[], refused: { reason: string; count: number }[] = []) {
  return { chunks, refused, accepted: chunks.reduce((sum, chunk) => sum + chunk.points, 0) }
}

interface Sent {
  readonly record: OutgoingRecord
  readonly answer: PromiseWithResolvers<readonly Produced[]>
}

/** Keeps what is sent until the test answers for Kafka. */
function heldProducer(): { producer: Producer; sent: Sent[] } {
  const sent: Sent[] = []
  const producer: Producer = {
    send(records) {
      const answer = Promise.withResolvers<readonly Produced[]>()
      for (const record of records) sent.push({ record, answer })
      return answer.promise
    },
    bytesInFlight: 0,
    close: () => Promise.resolve(),
  }
  return { producer, sent }
}

const acme = { tenant: 'acme', configVersion: 3, protocol: 'otlp_http' }
const make = (producer: Producer, lingerMs = 1): Batcher<PointsChunk> =>
  new Batcher({ kind: POINTS, producer, topic: 'pegel.ingest.v1', lingerMs, deadlineMs: () => 1000 })
const envelopeOf = ({ record }: Sent) => readBatch(record.value ?? Buffer.alloc(0)).envelope

describe('Batcher', () => {
  beforeEach(
    () => void jest.useFakeTimers({ doNotFake: ['setImmediate', 'clearImmediate', 'nextTick', 'queueMicrotask'] }),
  )
  afterEach(() => void jest.useRealTimers())

  it('merges requests of a tenant and answers them together, when Kafka has acknowledged and not before', async () => {
    const { producer, sent } = heldProducer()
    const batcher = make(producer)
    const answered: string[] = []
    const first = batcher
      .submit(acme, outcomeOf([chunkOf([1, 2])], [{ reason: 'max_point_age', count: 4 }]), 50)
      .then(() => answered.push('first'))
    const second = batcher.submit(acme, outcomeOf([chunkOf([3])]), 60).then(() => answered.push('second'))
    const drained = batcher.drain()
    expect(sent).toHaveLength(1)
    expect(answered).toEqual([])
    sent[0]?.answer.resolve([])
    await Promise.all([first, second, drained])
    expect(answered).toEqual(['first', 'second'])
    const { envelope, points } = readBatch(sent[0]?.record.value ?? Buffer.alloc(0))
    expect(envelope).toMatchObject({
      ...acme,
      received: 7,
      points: 3,
      receivedAtMs: 50,
      refused: [{ reason: 'max_point_age', count: 4 }],
      source: null,
    })
    expect([...points.columns.value]).toEqual([1, 2, 3])
    expect(batcher.pending).toBe(0)
  })

  it('keeps tenants, versions and protocols apart', async () => {
    const { producer, sent } = heldProducer()
    const batcher = make(producer)
    const origins = [
      acme,
      { ...acme, tenant: 'globex' },
      { ...acme, configVersion: 4 },
      { ...acme, protocol: 'otlp_json' },
    ]
    const all = Promise.all(origins.map((origin) => batcher.submit(origin, outcomeOf([chunkOf([1])]), 0)))
    const drained = batcher.drain()
    for (const { answer } of sent) answer.resolve([])
    await Promise.all([all, drained])
    expect(sent.map(({ record }) => record.key)).toEqual(['acme', 'globex', 'acme', 'acme'])
    expect(new Set(sent.map((each) => Buffer.from(envelopeOf(each).batchId).toString('hex'))).size).toBe(4)
  })

  it('splits before the limit and answers when every part is there, counting the refused once', async () => {
    const { producer, sent } = heldProducer()
    const batcher = make(producer)
    const chunk = { ...chunkOf([1]), bytes: Buffer.alloc(MAX_BATCH_BYTES - 10) }
    let done = false
    const submitted = batcher
      .submit(acme, outcomeOf([chunk, chunk], [{ reason: 'time_missing', count: 2 }]), 0)
      .then(() => (done = true))
    const drained = batcher.drain()
    expect(sent).toHaveLength(2)
    sent[0]?.answer.resolve([])
    await new Promise(setImmediate)
    expect(done).toBe(false)
    sent[1]?.answer.resolve([])
    await Promise.all([submitted, drained])
    expect(done).toBe(true)
  })

  it('tells every request of a batch that failed', async () => {
    const { producer, sent } = heldProducer()
    const batcher = make(producer)
    const all = Promise.allSettled([1, 2].map((value) => batcher.submit(acme, outcomeOf([chunkOf([value])]), 0)))
    const drained = batcher.drain()
    sent[0]?.answer.reject(new Error('no broker'))
    expect((await all).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await drained
  })

  it('writes a batch without points when everything was refused', async () => {
    const { producer, sent } = heldProducer()
    const batcher = make(producer)
    const submitted = batcher.submit(acme, outcomeOf([], [{ reason: 'name_missing', count: 5 }]), 0)
    const drained = batcher.drain()
    sent[0]?.answer.resolve([])
    await Promise.all([submitted, drained])
    expect(sent.map(envelopeOf)).toMatchObject([
      { received: 5, points: 0, refused: [{ reason: 'name_missing', count: 5 }] },
    ])
  })

  it('lets the first request after a pause wait for nobody, and gathers what follows it until the linger is over', async () => {
    const { producer, sent } = heldProducer()
    const batcher = make(producer, 20)
    const turn = () => new Promise(setImmediate)
    const pointsOf = () => sent.map((each) => envelopeOf(each).points)
    const submit = (values: readonly number[]) => batcher.submit(acme, outcomeOf([chunkOf(values)]), 0)
    const all = [submit([1]), submit([2])]
    await turn()
    expect(pointsOf()).toEqual([2])
    all.push(submit([3]))
    await turn()
    all.push(submit([4, 5]))
    await turn()
    expect(pointsOf()).toEqual([2])
    jest.advanceTimersByTime(20)
    expect(pointsOf()).toEqual([2, 3])
    // The second record has a linger, too; after one in which nothing came, the next is the first again.
    all.push(submit([6]))
    await turn()
    expect(sent).toHaveLength(2)
    jest.advanceTimersByTime(20)
    expect(sent).toHaveLength(3)
    jest.advanceTimersByTime(20)
    all.push(submit([7]))
    await turn()
    expect(pointsOf()).toEqual([2, 3, 1, 1])
    for (const { answer } of sent) answer.resolve([])
    await Promise.all(all)
    await batcher.drain()
  })

  it('lets no batch leave early that was begun when the one before was full', async () => {
    const { producer, sent } = heldProducer()
    const batcher = make(producer, 20)
    const large = { ...chunkOf([1]), bytes: Buffer.alloc(MAX_BATCH_BYTES - 10) }
    const all = [batcher.submit(acme, outcomeOf([large, chunkOf([2])]), 0)]
    await new Promise(setImmediate)
    expect(sent).toHaveLength(1)
    all.push(batcher.submit(acme, outcomeOf([chunkOf([3])]), 0))
    const drained = batcher.drain()
    expect(sent).toHaveLength(2)
    for (const { answer } of sent) answer.resolve([])
    await Promise.all([...all, drained])
  })

  it('gathers nothing without a linger', async () => {
    const { producer, sent } = heldProducer()
    const batcher = make(producer, 0)
    const all = [1, 2].map(async (value) => {
      for (let turns = 0; turns < value; turns++) await new Promise(setImmediate)
      await batcher.submit(acme, outcomeOf([chunkOf([value])]), 0)
    })
    while (sent.length < 2) await new Promise(setImmediate)
    for (const { answer } of sent) answer.resolve([])
    await Promise.all(all)
  })
})
