import { describe, expect, it } from '@jest/globals'
import { NO_COUNTS, NOTHING_BOOKED } from '@pegel/contracts'
import type { KafkaRecord, OutgoingRecord } from '@pegel/kafka'
import { kafkaRecord } from '../../test/support/fake-kafka.ts'
import type { RecordKind } from '../record-kind.ts'
import type { Finished } from '../sink-finish.ts'
import type { Batch, Sink, SinkRecord } from '../sink.ts'
import { Pace } from './pace.ts'
import { pacedLimits, pacedSink } from './paced-sink.ts'
import { ReplayInbox } from './replay-inbox.ts'
import { behindEnricher, fromReplay, throughEnricher, toReplay, toReprocessed } from './replay-record.ts'
import type { ReplayNote } from './replay-record.ts'

const METRICS = 'pegel.metrics.v1'
const note: ReplayNote = { replayId: 'r-1', letterTenant: 'acme', written: true, late: new Set([3, 9]) }
const headers = { traceparent: Buffer.from('00-1'), 'pegel-signature': Buffer.from('s') }
const source = kafkaRecord(17, { topic: METRICS, partition: 2, timestampMs: 5000, headers })

/** As Kafka gives back what was sent. */
function stored(sent: OutgoingRecord): KafkaRecord {
  const entries = Object.entries(sent.headers ?? {}).map(([key, value]) => [key, Buffer.from(value)] as const)
  const { topic, partition = 0, key, value } = sent
  return {
    topic,
    partition,
    offset: 400,
    timestampMs: 9,
    key: Buffer.from(key),
    value,
    headers: Object.fromEntries(entries),
  }
}

describe('a record on the replay topic', () => {
  it('comes back as it was, in its place, with what is known of it', () => {
    const sent = toReplay(source, 'influxdb', note)
    expect(sent).toMatchObject({ topic: 'pegel.replay.v1', partition: 2, key: source.key, value: source.value })
    expect(fromReplay(stored(sent))).toEqual({ sink: 'influxdb', record: source, note })
  })

  it('of which little is known', () => {
    const bare: ReplayNote = { replayId: 'r-2', letterTenant: '', written: false, late: new Set() }
    const sent = toReplay({ ...source, key: null }, 'influxdb', bare)
    const record = { ...source, key: Buffer.from('') }
    expect(fromReplay(stored(sent))).toEqual({ sink: 'influxdb', record, note: bare })
  })

  it('that the enricher made once more stands where it is', () => {
    const output = { topic: METRICS, key: 'acme', value: source.value, headers: { traceparent: Buffer.from('00-1') } }
    const sent = stored(toReprocessed(output, { sink: 'influxdb', replayId: 'r-3', partition: 2 }))
    const replayed = fromReplay(sent)
    expect(replayed).toEqual({
      sink: 'influxdb',
      record: { ...sent, headers: { traceparent: Buffer.from('00-1') } },
      note: { replayId: 'r-3', letterTenant: '', written: false, late: new Set() },
    })
    // Its dead letter is replayed from there.
    const again = replayed === undefined ? undefined : fromReplay(stored(toReplay(replayed.record, 'influxdb', note)))
    expect(again?.record).toEqual(replayed?.record)
  })

  it('may name a sink behind the enricher', () => {
    expect(behindEnricher(throughEnricher('influxdb'))).toBe('influxdb')
    expect(behindEnricher('influxdb')).toBeUndefined()
  })

  it('is none unless it names its place', () => {
    const sent = stored(toReplay(source, 'influxdb', note))
    expect(fromReplay({ ...sent, headers: {} })).toBeUndefined()
    expect(fromReplay({ ...sent, headers: { ...sent.headers, 'pegel-source': Buffer.from('x') } })).toBeUndefined()
  })

  it('claims nothing when more points are late than headers hold', () => {
    const late = new Set(Array.from({ length: 10_000 }, (_, point) => point))
    expect(fromReplay(stored(toReplay(source, 'influxdb', { ...note, late })))?.note).toEqual({
      ...note,
      written: false,
      late: new Set(),
    })
  })
})

describe('ReplayInbox', () => {
  const envelope = { tenant: 'acme', configVersion: 1, receivedAtMs: 0, points: 2 }
  const kind: RecordKind<SinkRecord> = {
    topic: METRICS,
    open: () => ({ envelope, source: null, read: (place) => ({ ...place, envelope }) }),
  }
  const inbox = new ReplayInbox('influxdb', kind)
  const admitted = (over: Partial<ReplayNote> = {}): KafkaRecord => {
    const value = Buffer.from('value 17')
    const record = inbox.admit(stored(toReplay({ ...source, value }, 'influxdb', { ...note, ...over })))
    if (record === undefined) throw new Error('not admitted')
    return record
  }
  const finished = (record: KafkaRecord, over: Partial<Finished> = {}): Finished => ({
    item: { record, ticket: {} as Finished['item']['ticket'], sizeBytes: 0 },
    row: {
      ...NOTHING_BOOKED,
      tenant: 'acme',
      topic: '',
      partition: 0,
      offset: 0,
      part: 0,
      parts: 1,
      appendTimeMs: 0,
      configVersion: 1,
      counts: NO_COUNTS,
    },
    deadLetter: null,
    ...over,
  })

  it('admits no record of another sink or topic', () => {
    const sent = stored(toReplay(source, 'influxdb', note))
    expect(new ReplayInbox('prometheus', kind).admit(sent)).toBeUndefined()
    expect(new ReplayInbox('influxdb', { ...kind, topic: 'pegel.events.v1' }).admit(sent)).toBeUndefined()
    expect(inbox.admit({ ...sent, headers: {} })).toBeUndefined()
  })

  it('tells the sink that a record is replayed', () => {
    const record = admitted()
    const open = inbox.kind.open({ ...record, value: record.value ?? Buffer.alloc(0) })
    const place = {
      source: { topic: '', partition: 0, offset: 0, appendTimeMs: 0, part: 0, parts: 1 },
      position: record,
      select: null,
    }
    expect(open.read(place).replayed).toEqual(note)
    expect(inbox.kind.open({ ...source, value: Buffer.from('another') }).read(place).replayed).toBeUndefined()
    expect(inbox.kind.topic).toBe('pegel.replay.v1')
  })

  it('books by the name of the replay, and settles the letter of what is stored now', () => {
    const { row, deadLetter } = inbox.stamp(finished(admitted()))
    expect(row.replayId).toBe('r-1')
    expect(deadLetter).toMatchObject({
      ...{ tenant: 'acme', stage: 'sink', sink: 'influxdb', topic: METRICS, partition: 2, offset: 17 },
      ...{ settled: 'replayed', replayId: 'r-1', refusals: [] },
    })
    expect(inbox.stamp(finished(admitted({ letterTenant: '' }))).deadLetter).toBeNull()
  })

  it('keeps the new letter of what is refused again', () => {
    const letter = { tenant: 'acme', settled: '', replayId: '' } as unknown as Finished['deadLetter']
    expect(inbox.stamp(finished(admitted(), { deadLetter: letter })).deadLetter).toEqual({ ...letter, replayId: 'r-1' })
  })

  it('takes what the enricher made once more, if it is of metrics, and books it beside the first way', () => {
    const output = { topic: METRICS, key: 'acme', value: Buffer.from('made once more') }
    const sent = stored(toReprocessed(output, { sink: 'influxdb', replayId: 'r-3', partition: 2 }))
    expect(new ReplayInbox('influxdb', { ...kind, topic: 'pegel.events.v1' }).admit(sent)).toBeUndefined()
    const record = inbox.admit(sent)
    expect(record).toMatchObject({ topic: 'pegel.replay.v1', partition: 2, offset: 400 })
    if (record === undefined) return
    expect(inbox.stamp(finished(record))).toMatchObject({
      row: { replayId: 'r-3', reprocessed: true },
      deadLetter: null,
    })
    expect(inbox.stamp(finished(admitted())).row.reprocessed).toBe(false)
  })

  it('leaves alone what it did not admit', () => {
    const other = finished({ ...source, value: null })
    expect(inbox.stamp(other)).toBe(other)
  })
})

describe('Pace', () => {
  it('lets the first go at once, and others when their time has come, in order', async () => {
    let nowMs = 0
    const pace = new Pace(1000, () => nowMs)
    const gone: number[] = []
    await pace.take(5)
    const waiting = [1, 2].map((n) => pace.take(5).then(() => gone.push(n)))
    nowMs = 100
    await Promise.all(waiting)
    expect(gone).toEqual([1, 2])
  })

  it('waits no longer than it is wanted', async () => {
    const pace = new Pace(0.001, () => 0)
    await pace.take(1)
    const stop = new AbortController()
    const waiting = pace.take(1, stop.signal)
    stop.abort(new Error('stopped'))
    await expect(waiting).rejects.toThrow()
    await expect(pace.take(1, AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped')
  })
})

describe('pacedSink', () => {
  it('is the sink, given so many points a second', async () => {
    const calls: string[] = []
    const called = (name: string) => () => {
      calls.push(name)
      return Promise.resolve()
    }
    const write: Sink<SinkRecord>['write'] = () => Promise.resolve({ outcomes: [] })
    const rest = {
      check: called('check'),
      close: called('close'),
      assigned: called('assigned'),
      prepare: called('prepare'),
    }
    const sink = pacedSink<SinkRecord>({ write, ...rest }, 0.001)
    const record = { envelope: { points: 2 }, select: null } as unknown as SinkRecord
    const batch = { tenant: 'acme', config: {}, records: [record] } as unknown as Batch<SinkRecord>
    const signal = new AbortController().signal
    expect(await sink.write(batch, signal)).toEqual({ outcomes: [] })
    await expect(sink.write(batch, AbortSignal.timeout(1))).rejects.toThrow()
    await sink.check(signal)
    await sink.assigned?.([], signal)
    await sink.prepare?.(batch.config, signal)
    await sink.close()
    expect(calls).toEqual(['check', 'assigned', 'prepare', 'close'])
    const bare = pacedSink<SinkRecord>({ write, check: rest.check, close: rest.close }, 1)
    await bare.assigned?.([], signal)
    await bare.prepare?.(batch.config, signal)
  })
})

describe('pacedLimits', () => {
  it.each([
    [10_000, undefined, 2_500],
    [1_000_000, undefined, 10_000],
    [10_000, 100, 100],
    [1, undefined, 1],
  ])(
    'of %i points a second give a write a quarter of them, where the sink takes %s: %i',
    (perSecond, pointsPerWrite, expected) => {
      const given = { writeTimeoutMs: 7, ...(pointsPerWrite === undefined ? {} : { pointsPerWrite }) }
      const limits = pacedLimits(given, perSecond)
      expect(limits).toEqual({ writeTimeoutMs: 7, concurrentWrites: 1, pointsPerWrite: expected })
    },
  )
})
