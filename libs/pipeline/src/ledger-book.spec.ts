import { describe, expect, it } from '@jest/globals'
import { delivered, enricher, MINUTE, positions, row, sink, T0, TOPIC } from '../test/ledger-rows.ts'
import { answerFrom } from './ledger-answer.ts'
import { LedgerBook } from './ledger-book.ts'
import { LedgerFold } from './ledger-fold.ts'
import { foldLedger } from './ledger-report.ts'

const HOUR = 60 * MINUTE
const at = (minute: number) => ({ appendTimeMs: T0 + minute * MINUTE })

/** A record of ten points in its own minute, produced and delivered, unless `have` says how many were. */
function minute(offset: number, have = 10) {
  return [
    enricher(row(offset, { received: 10, produced: 10, ...at(offset) })),
    sink('influxdb', row(offset, { produced: 10, ...at(offset), ...delivered(have), latencyMs: 5 + offset })),
  ]
}

function bookOf(entries: readonly ReturnType<typeof enricher>[], keepMs = HOUR): LedgerBook {
  const book = new LedgerBook({ sinceMs: 0, keepMs })
  for (const entry of entries) book.add(entry)
  return book
}

describe('LedgerBook', () => {
  it('answers as folding everything would, though it let go of what has closed', () => {
    const book = new LedgerBook({ sinceMs: 0, keepMs: HOUR })
    const fold = new LedgerFold(0)
    for (const offset of [0, 1, 2, 3, 4]) {
      for (const entry of minute(offset)) {
        book.add(entry)
        fold.add(entry)
      }
      const nowMs = T0 + (offset + 1) * MINUTE
      const expected = foldLedger(fold, { positions: positions(offset + 1), sinceMs: 0, nowMs })
      expect(answerFrom(book.judge(positions(offset + 1), nowMs), { sinceMs: 0 })).toEqual(expected)
    }
  })

  it('ignores rows of closed windows that come again', () => {
    const book = bookOf(minute(0))
    book.judge(positions(1), T0 + 5 * MINUTE)
    for (const entry of minute(0)) book.add(entry)
    const { tenants, balanced } = answerFrom(book.judge(positions(1), T0 + 6 * MINUTE), { sinceMs: 0 })
    expect([tenants[0]?.received, tenants[0]?.sinks[0]?.delivered, balanced]).toEqual([10, 10, true])
  })

  it('goes on saying what a closed window lacks', () => {
    const book = bookOf([...minute(0, 7), ...minute(2)])
    book.judge(positions(3), T0 + 10 * MINUTE)
    const report = answerFrom(book.judge(positions(3), T0 + 11 * MINUTE), { sinceMs: 0 })
    expect(report.balanced).toBe(false)
    expect(report.missingParts).toEqual([expect.objectContaining({ offset: 0, points: 3, ...at(0) })])
    expect(report.missingRecords).toEqual([{ topic: TOPIC, partition: 0, from: 1, to: 2 }])
    expect(report.windows.map(({ balanced }) => balanced)).toEqual([false, true])
  })

  it('names a bounded number of what is missing', () => {
    const book = new LedgerBook({ sinceMs: 0, keepMs: HOUR, maxMissing: 2 })
    for (const entry of [0, 1, 2].flatMap((offset) => minute(offset, 9))) book.add(entry)
    expect(book.judge(positions(3), T0 + 10 * MINUTE).missingParts.map(({ offset }) => offset)).toEqual([1, 2])
  })

  it('forgets windows that are older than it keeps', () => {
    const book = bookOf([...minute(0), ...minute(30)], 20 * MINUTE)
    // Offsets 1 to 29 are no records of this test.
    const there = {
      ...positions(31),
      ingest: [{ topic: TOPIC, partition: 0, earliest: 30, latest: 31, committed: 31 }],
    }
    book.judge(there, T0 + 31 * MINUTE)
    const snapshot = book.judge(there, T0 + 31 * MINUTE)
    expect(snapshot.windows.map(({ startMs }) => startMs)).toEqual([T0 + 30 * MINUTE])
    expect(snapshot.sinceMs).toBe(T0 + 11 * MINUTE)
  })

  it('keeps a window open for a sink that lags, and says since when its points wait', () => {
    const book = bookOf([enricher(row(0, { received: 10, produced: 10, ...at(0) })), ...minute(1)])
    const snapshot = book.judge(positions(2, 2, []), T0 + 10 * MINUTE)
    expect(snapshot.windows.map(({ closed }) => closed)).toEqual([false, true])
    const [tenant] = answerFrom(snapshot, { sinceMs: 0 }).tenants
    expect(tenant?.sinks).toEqual([expect.objectContaining({ inFlight: 10, oldestInFlightMs: T0, unbalanced: 0 })])
  })

  it('closes windows though the last record of a partition is forgotten and new ones wait', () => {
    const book = bookOf(minute(0))
    book.judge(positions(1), T0 + 5 * MINUTE)
    const waiting = book.judge(positions(1, 2), T0 + 6 * MINUTE)
    expect(waiting.windows.map(({ closed }) => closed)).toEqual([true])
    expect(waiting.waitingRecords).toBe(1)
  })
})

describe('answerFrom', () => {
  const book = bookOf([
    ...minute(0, 8),
    enricher(row(1, { tenant: 'globex', received: 3, produced: 3, ...at(1) })),
    sink('influxdb', row(1, { tenant: 'globex', produced: 3, ...at(1), ...delivered(3) })),
    sink('prometheus', row(1, { tenant: 'globex', produced: 3, ...at(1), ...delivered(3) })),
  ])
  const snapshot = book.judge(positions(2, 2, ['influxdb']), T0 + 5 * MINUTE)

  it('leaves out other tenants and sinks', () => {
    const { tenants, balanced } = answerFrom(snapshot, { sinceMs: 0, tenant: 'globex', sinks: ['influxdb'] })
    expect(tenants.map(({ tenant, sinks }) => [tenant, sinks.map(({ sink: name }) => name)])).toEqual([
      ['globex', ['influxdb']],
    ])
    expect(balanced).toBe(true)
  })

  it('leaves out older windows, and what was missing in them', () => {
    expect(answerFrom(snapshot, { sinceMs: 0 }).balanced).toBe(false)
    const later = answerFrom(snapshot, { sinceMs: T0 + MINUTE })
    expect(later.tenants.map(({ tenant }) => tenant)).toEqual(['globex'])
    expect([later.balanced, later.missingParts]).toEqual([true, []])
  })
})
