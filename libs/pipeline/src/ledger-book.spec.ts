import { describe, expect, it } from '@jest/globals'
import {
  ask,
  bookOf,
  counts,
  delivered,
  enricher,
  gateway,
  MINUTE,
  positions,
  replay,
  row,
  sink,
  T0,
  TOPIC,
} from '../test/ledger-rows.ts'
import { answerFrom } from './ledger-answer.ts'
import type { LedgerBook } from './ledger-book.ts'
import type { LedgerAnswer } from './ledger-types.ts'

const HOUR = 60 * MINUTE
const at = (minute: number) => ({ appendTimeMs: T0 + minute * MINUTE })
const read = (offset: number, points = 10) =>
  enricher(row(offset, { received: points, produced: points, ...at(offset) }))
const settled = (offset: number, over: object) =>
  sink('influxdb', row(offset, { produced: 10, ...at(offset), latencyMs: 5 + offset, ...over }))
/** A record of ten points in its own minute, produced and delivered, unless `have` says how many were. */
const minute = (offset: number, have = 10) => [read(offset), settled(offset, delivered(have))]

/** Everything is committed: what is not in the books now is missing. */
function close(book: LedgerBook, records: number): LedgerAnswer {
  return answerFrom(book.judge(positions(records), T0 + (records + 5) * MINUTE), { sinceMs: 0 })
}

const influxdb = ({ tenants }: LedgerAnswer) => tenants[0]?.sinks[0]

describe('a minute that has closed', () => {
  it('is the same whether it is judged once or again and again', () => {
    const book = bookOf([])
    const entries = [0, 1, 2, 3, 4].map((offset) => minute(offset))
    for (const [offset, both] of entries.entries()) {
      for (const entry of both) book.add(entry)
      const nowMs = T0 + (offset + 1) * MINUTE
      const snapshot = book.judge(positions(offset + 1), nowMs)
      const once = ask(entries.slice(0, offset + 1).flat(), positions(offset + 1), { nowMs })
      expect(answerFrom(snapshot, { sinceMs: 0 })).toEqual(once)
      expect(snapshot.keptRecords).toBe(0)
    }
  })

  it('does not count what comes again', () => {
    const book = bookOf(minute(0))
    close(book, 1)
    for (const entry of [...minute(0), settled(0, counts({ alreadyPresent: 10 }))]) book.add(entry)
    expect(influxdb(close(book, 1))).toMatchObject({ produced: 10, delivered: 10, alreadyPresent: 0, inFlight: 0 })
  })

  it('takes a parked record as accounted for, and its delivery when it is drained', () => {
    const book = bookOf([read(0), settled(0, counts({ delivered: 4, parked: 6 }))])
    const parked = close(book, 1)
    expect([parked.balanced, parked.windows[0]?.closed]).toEqual([true, true])
    expect(influxdb(parked)).toMatchObject({ parked: 6, delivered: 4, inFlight: 0, oldestUndeliveredMs: T0 })
    book.add(settled(0, counts({ delivered: 6, alreadyPresent: 4 })))
    // The copy of a crash: parked again after it was drained.
    book.add(settled(0, counts({ parked: 10 })))
    const drained = close(book, 1)
    expect(influxdb(drained)).toMatchObject({ parked: 0, delivered: 10, alreadyPresent: 0, oldestUndeliveredMs: null })
    expect(drained.balanced).toBe(true)
  })

  it.each([
    ['of the sink', settled],
    ['of a replay', (offset: number, over: object) => replay('influxdb', row(offset, { ...at(offset), ...over }))],
    ["with a replay's id", (offset: number, over: object) => settled(offset, { ...over, replayId: 'r1' })],
  ])('takes a row %s for a dead letter that was mended', (_, mended) => {
    const book = bookOf([read(0), settled(0, counts({ delivered: 7, deadLettered: 3 })), ...minute(1)])
    expect(influxdb(close(book, 2))).toMatchObject({ delivered: 17, deadLettered: 3 })
    book.add(mended(0, counts({ delivered: 3, alreadyPresent: 7 })))
    expect(influxdb(close(book, 2))).toMatchObject({ delivered: 20, deadLettered: 0, alreadyPresent: 0 })
  })

  it('leaves out a replay of something else, or of what is stored', () => {
    const book = bookOf([read(0), settled(0, counts({ deadLettered: 10 })), ...minute(1)])
    // Other rules made nine points of it.
    book.add(replay('influxdb', row(0, { ...at(0), ...delivered(9) }), row(1, { ...at(1), ...delivered(10) })))
    book.add(replay('influxdb', row(7, { ...at(0), ...delivered(10) })))
    book.add(replay('nobody', row(0, { ...at(0), ...delivered(10) })))
    book.add(settled(0, { ...delivered(10), reprocessed: true }))
    book.add(enricher(row(3, { received: 5, produced: 5, ...at(3), reprocessed: true })))
    expect(influxdb(close(book, 2))).toMatchObject({ produced: 20, delivered: 10, deadLettered: 10 })
    expect([...book.strangers]).toEqual([])
  })

  it('goes on saying what it lacks until that comes', () => {
    const book = bookOf([...minute(0, 7), ...minute(2)])
    for (const later of [0, 1]) {
      const report = answerFrom(book.judge(positions(3, 3 + later), T0 + (10 + later) * MINUTE), { sinceMs: 0 })
      expect(report.balanced).toBe(false)
      expect(report.missingParts).toEqual([expect.objectContaining({ offset: 0, points: 3, ...at(0) })])
      expect(report.missingRecords).toEqual([{ topic: TOPIC, partition: 0, from: 1, to: 2 }])
      expect(report.windows.map(({ balanced }) => balanced)).toEqual([false, true])
    }
    for (const entry of [settled(0, delivered(10)), ...minute(1)]) book.add(entry)
    expect(close(book, 3)).toMatchObject({ balanced: true, missingParts: [], missingRecords: [] })
  })

  it('opens again for a record that nobody knew of', () => {
    const book = bookOf([...minute(0), ...minute(2)])
    close(book, 3)
    book.add(read(1))
    const waiting = book.judge(positions(3, 3, []), T0 + 9 * MINUTE)
    expect(waiting.windows.map(({ closed }) => closed)).toEqual([true, false, true])
    expect(waiting.missingParts).toEqual([])
  })

  it('does not wait for a partition that is idle', () => {
    const book = bookOf(minute(0))
    close(book, 1)
    const waiting = book.judge(positions(1, 2), T0 + 60 * MINUTE)
    expect(waiting.windows.map(({ closed }) => closed)).toEqual([true])
    expect(waiting.waitingRecords).toBe(1)
  })
})

describe('a minute that is open', () => {
  it('waits for a sink that lags, and says since when its points wait', () => {
    const book = bookOf([read(0), ...minute(1)])
    const snapshot = book.judge(positions(2, 2, []), T0 + 10 * MINUTE)
    expect(snapshot.windows.map(({ closed }) => closed)).toEqual([false, true])
    expect(snapshot.keptRecords).toBe(1)
    expect(snapshot.tenants).toEqual(answerFrom(snapshot, { sinceMs: 0 }).tenants)
    expect(snapshot.tenants[0]?.sinks).toEqual([
      expect.objectContaining({ inFlight: 10, oldestUndeliveredMs: T0, unbalanced: 0 }),
    ])
  })

  it('counts outcomes that came before the reading', () => {
    const book = bookOf([settled(0, delivered(10)), settled(0, delivered(10))])
    expect(book.judge(positions(0, 1), T0 + MINUTE).tenants).toEqual([])
    book.add(read(0))
    expect(influxdb(close(book, 1))).toMatchObject({ delivered: 10, inFlight: 0 })
  })
})

describe('the books', () => {
  it('name a bounded number of what is missing', () => {
    const entries = [0, 1, 2].flatMap((offset) => minute(offset, 9))
    const { missingParts } = bookOf(entries, { maxMissing: 2 }).judge(positions(3), T0 + 10 * MINUTE)
    expect(missingParts.map(({ offset }) => offset)).toEqual([1, 2])
  })

  it('forget minutes that are older than they keep, and what was missing in them', () => {
    const book = bookOf([...minute(0), ...minute(2, 9), ...minute(40)], { keepMs: HOUR, starts: [] })
    const missing = { topic: TOPIC, partition: 0 }
    expect(book.judge(positions(41), T0 + 41 * MINUTE).missingRecords).toEqual([
      { ...missing, from: 1, to: 2 },
      { ...missing, from: 3, to: 40 },
    ])
    const snapshot = book.judge(positions(41), T0 + 65 * MINUTE)
    expect(snapshot).toMatchObject({ sinceMs: T0 + 5 * MINUTE, missingParts: [], keptRecords: 0 })
    expect(snapshot.windows.map(({ startMs }) => startMs)).toEqual([T0 + 40 * MINUTE])
    expect(snapshot.tenants).toMatchObject([{ records: 1, received: 10 }])
    expect(snapshot.missingRecords).toEqual([{ ...missing, from: 3, to: 40 }])
    book.add(settled(2, delivered(10)))
    expect(book.judge(positions(41), T0 + 165 * MINUTE)).toMatchObject({ tenants: [], windows: [], keptRecords: 0 })
  })

  it('begin at the offsets that they are given', () => {
    const starts = [{ topic: TOPIC, partition: 0, offset: 5 }]
    const at5 = { topic: TOPIC, partition: 0, earliest: 0, latest: 8, committed: 8 }
    const book = bookOf([...minute(5), ...minute(7)], { starts })
    const { missingRecords } = book.judge({ ingest: [at5], finished: new Map() }, T0 + 10 * MINUTE)
    expect(missingRecords).toEqual([{ topic: TOPIC, partition: 0, from: 6, to: 7 }])
  })

  it('begin again with a topic that was made anew', () => {
    const book = bookOf([...minute(0), ...minute(1), ...minute(2)])
    close(book, 3)
    const anew = { received: 4, produced: 4, ...at(9) }
    book.add(enricher(row(1, anew)))
    book.add(sink('influxdb', row(1, { ...anew, ...delivered(4) })))
    const report = answerFrom(book.judge(positions(2), T0 + 15 * MINUTE), { sinceMs: 0 })
    expect(report.tenants).toMatchObject([{ received: 34, sinks: [{ delivered: 34 }] }])
    expect(report.missingRecords).toEqual([{ topic: TOPIC, partition: 0, from: 0, to: 1 }])
  })

  it('name sinks that have no share', () => {
    const book = bookOf([...minute(0), sink('prometheus', row(0, delivered(10)))])
    expect([...book.strangers]).toEqual(['prometheus'])
    const other = bookOf(minute(0))
    other.judge(positions(1, 1, ['elasticsearch']), T0 + MINUTE)
    expect([...other.strangers]).toEqual(['elasticsearch'])
  })

  it('let go of the oldest records when there are too many, and say so', () => {
    const book = bookOf([read(0), read(1), ...minute(2), read(3)], { maxRecords: 2 })
    for (const entry of minute(0)) book.add(entry)
    const snapshot = book.judge(positions(4), T0 + 10 * MINUTE)
    expect(snapshot).toMatchObject({ sealedWindows: 1, keptRecords: 2 })
    expect(snapshot.windows.map(({ closed }) => closed)).toEqual([false, true, true, true])
    expect(snapshot.windows[0]?.tenants[0]?.sinks[0]).toMatchObject({
      ...{ inFlight: 10, delivered: 0, unbalanced: 0, oldestUndeliveredMs: T0 },
    })
  })
})

describe('unconfirmed points', () => {
  it('stand beside the balance, as each gateway counted them last', () => {
    const lost = (points: number) => row(100, { ...at(0), received: points })
    const book = bookOf([...minute(0), gateway('a', lost(5)), gateway('a', lost(7)), gateway('b', lost(2))])
    book.add(gateway('b', lost(2)))
    expect(close(book, 1).tenants).toMatchObject([{ received: 10, unconfirmed: 9, unbalanced: 0 }])
    const unknown = bookOf([gateway('a', lost(5))])
    expect(unknown.judge(positions(0), T0).tenants).toMatchObject([{ tenant: 'acme', received: 0, unconfirmed: 5 }])
  })
})

describe('expired records', () => {
  const gap = (records: number) =>
    sink('influxdb', row(8, { ...counts({ expired: records }), topic: 'pegel.metrics.v1', tenant: 'pegel', ...at(3) }))

  it('account for parts that their sink has passed without an outcome, and for no more than they are', () => {
    const book = bookOf([read(0), read(1), read(2), gap(2), gap(2)])
    const report = close(book, 3)
    expect(influxdb(report)).toMatchObject({ expired: 20, unbalanced: 10, inFlight: 10 })
    expect(report.missingParts).toEqual([expect.objectContaining({ offset: 2 })])
    expect(report.expiredRecords).toEqual([
      { sink: 'influxdb', topic: 'pegel.metrics.v1', partition: 0, from: 8, to: 10, atMs: T0 + 3 * MINUTE },
    ])
    book.add(settled(2, delivered(10)))
    const balanced = close(book, 3)
    expect(balanced).toMatchObject({ balanced: true, missingParts: [] })
    expect(book.judge(positions(3), T0 + 9 * MINUTE).tenants).toEqual(balanced.tenants)
  })
})

describe('ingest records that expired', () => {
  const gap = (from: number, records: number, atMinute: number) =>
    enricher(row(from, { ...counts({ expired: records }), tenant: 'pegel', ...at(atMinute) }))

  it('are accounted for by record, whatever was known of some of them', () => {
    const book = bookOf([...minute(0), gap(1, 2, 3), gap(1, 4, 4), read(1), settled(1, delivered(10)), ...minute(5)])
    const report = close(book, 5)
    expect(report).toMatchObject({ balanced: true, missingRecords: [], missingParts: [] })
    expect(report.expiredRecords).toEqual([
      { sink: '', topic: 'pegel.ingest.v1', partition: 0, from: 1, to: 5, atMs: T0 + 4 * MINUTE },
    ])
  })
})

describe('answerFrom', () => {
  const book = bookOf(
    [
      ...minute(0, 8),
      enricher(row(1, { tenant: 'globex', received: 3, produced: 3, ...at(1) })),
      sink('influxdb', row(1, { tenant: 'globex', ...at(1), ...delivered(3) })),
      sink('prometheus', row(1, { tenant: 'globex', ...at(1), ...delivered(3) })),
    ],
    { sinks: ['prometheus', 'influxdb'] },
  )
  const snapshot = book.judge(positions(2, 2, ['influxdb']), T0 + 5 * MINUTE)

  it('leaves out other tenants and sinks', () => {
    const { tenants, balanced } = answerFrom(snapshot, { sinceMs: 0, tenant: 'globex', sinks: ['influxdb'] })
    expect(tenants.map(({ tenant, sinks }) => [tenant, sinks.map(({ sink: name }) => name)])).toEqual([
      ['globex', ['influxdb']],
    ])
    expect(balanced).toBe(true)
  })

  it('leaves out older minutes, and what was missing in them', () => {
    expect(answerFrom(snapshot, { sinceMs: 0 }).balanced).toBe(false)
    const later = answerFrom(snapshot, { sinceMs: T0 + MINUTE })
    expect(later.tenants.map(({ tenant }) => tenant)).toEqual(['globex'])
    expect([later.balanced, later.missingParts]).toEqual([true, []])
  })
})
