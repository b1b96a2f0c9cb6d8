import { describe, expect, it } from '@jest/globals'
import { NO_COUNTS } from '@pegel/contracts'
import type { LedgerEntry, SinkCounts } from '@pegel/contracts'
import fc from 'fast-check'
import { foldAll } from '../test/ledger-oracle.ts'
import { bookOf, enricher, MINUTE, replay, row, sink, T0, TOPIC } from '../test/ledger-rows.ts'
import type { LedgerBook } from './ledger-book.ts'
import { OUTCOMES } from './ledger-outcomes.ts'
import type { LedgerPositions, LedgerSnapshot, SinkBalance } from './ledger-types.ts'

const SINKS = ['elasticsearch', 'influxdb']
const PARTITIONS = 2
const MINUTES = 3
/** So many records a partition; the first are in the first minute, and so on. */
const RECORDS = 6

interface Source {
  readonly partition: number
  readonly offset: number
  /** Points of each part. */
  readonly parts: readonly number[]
}

const sources: fc.Arbitrary<readonly Source[]> = fc
  .array(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 3 }), {
    minLength: PARTITIONS * RECORDS,
    maxLength: PARTITIONS * RECORDS,
  })
  .map((all) =>
    all.map((parts, index) => ({ partition: index % PARTITIONS, offset: Math.floor(index / PARTITIONS), parts })),
  )

const base = ({ partition, offset, parts }: Source, part: number) =>
  row(offset, {
    partition,
    part,
    parts: parts.length,
    tenant: partition === 0 ? 'acme' : 'globex',
    appendTimeMs: T0 + Math.floor((offset * MINUTES) / RECORDS) * MINUTE + offset,
  })

function readingOf(source: Source): LedgerEntry {
  const received = source.parts.reduce((sum, points) => sum + points, 0)
  return enricher(
    ...source.parts.map((produced, part) => ({ ...base(source, part), produced, received: part === 0 ? received : 0 })),
  )
}

/** Outcomes of so many points, as they may come at first, after draining, from a replay, or wrong. */
function outcomesOf(points: number): fc.Arbitrary<SinkCounts> {
  const whole = fc.constantFrom(...OUTCOMES).map((name) => ({ ...NO_COUNTS, [name]: points }))
  const mixed = fc
    .tuple(fc.nat(points), fc.constantFrom('deadLettered' as const, 'parked' as const, 'alreadyPresent' as const))
    .map(([some, name]) => ({ ...NO_COUNTS, delivered: points - some, [name]: some }))
  // A part without points needs no outcome, and none is looked at.
  const wrong = fc.nat(points === 0 ? 0 : points + 2).map((some) => ({ ...NO_COUNTS, delivered: some }))
  return fc.oneof({ weight: 5, arbitrary: whole }, { weight: 4, arbitrary: mixed }, { weight: 1, arbitrary: wrong })
}

/** Any row that a sink, or a replay to it, may write of a record, at any time. */
function outcomeRows(all: readonly Source[]): fc.Arbitrary<LedgerEntry> {
  return fc.constantFrom(...all).chain((source) =>
    fc
      .tuple(fc.nat(source.parts.length - 1), fc.constantFrom(...SINKS), fc.integer({ min: 0, max: 4 }))
      .chain(([part, name, kind]) =>
        outcomesOf(source.parts[part] ?? 0).map((counts) => {
          const settled = { ...base(source, part), counts, produced: source.parts[part] ?? 0 }
          return kind === 0 ? replay(name, settled) : sink(name, settled)
        }),
      ),
  )
}

/** Readings and outcomes in any order, some of them twice; each record is read at least once. */
const histories: fc.Arbitrary<readonly LedgerEntry[]> = sources.chain((all) => {
  const readings = all.map(readingOf)
  const repeated = fc.subarray(readings)
  const outcomes = fc.array(outcomeRows(all), { maxLength: 80 })
  return fc
    .tuple(repeated, outcomes)
    .chain(([more, rows]) =>
      fc.shuffledSubarray([...readings, ...more, ...rows, ...rows.slice(0, 10)], {
        minLength: readings.length + more.length + rows.length,
      }),
    )
    .map((shuffled) => [...shuffled, ...readings])
})

const committed: LedgerPositions = {
  ingest: Array.from({ length: PARTITIONS }, (_, partition) => ({
    ...{ topic: TOPIC, partition, earliest: 0, latest: RECORDS, committed: RECORDS },
  })),
  finished: new Map(SINKS.map((name) => [name, new Set([0, 1])])),
}

/** Anybody may be anywhere. */
const underWay: fc.Arbitrary<LedgerPositions> = fc
  .tuple(
    fc.array(fc.nat(RECORDS), { minLength: 2, maxLength: 2 }),
    fc.array(fc.subarray([0, 1]), { minLength: 2, maxLength: 2 }),
  )
  .map(([offsets, finished]) => ({
    ingest: committed.ingest.map((at, index) => ({ ...at, committed: offsets[index] ?? 0 })),
    finished: new Map(SINKS.map((name, index) => [name, new Set(finished[index])])),
  }))

const nowMs = T0 + 10 * MINUTE
const close = (book: LedgerBook): LedgerSnapshot => book.judge(committed, nowMs)

function sinkSums(balance: SinkBalance) {
  const counts = OUTCOMES.map((name) => [name, balance[name]])
  return { ...Object.fromEntries(counts), unbalanced: balance.unbalanced } as Record<string, number>
}

function sumsOf({ windows }: LedgerSnapshot) {
  const all = windows.flatMap(({ startMs, tenants }) => tenants.map((tenant) => ({ startMs, ...tenant })))
  return new Map(
    all.map(({ startMs, tenant, received, produced, sinks }) => [
      `${tenant}@${startMs}`,
      { received, produced, sinks: Object.fromEntries(sinks.map((each) => [each.sink, sinkSums(each)])) },
    ]),
  )
}

describe('LedgerBook', () => {
  it('says what folding everything from the beginning says, in whatever order rows come and whenever it judges', () => {
    fc.assert(
      fc.property(histories, fc.array(fc.tuple(fc.nat(150), underWay), { maxLength: 8 }), (entries, judgements) => {
        const book = bookOf([], { sinks: SINKS })
        for (const [index, entry] of entries.entries()) {
          book.add(entry)
          for (const [at, positions] of judgements) if (at === index) book.judge(positions, nowMs)
        }
        const snapshot = close(book)
        const expected = foldAll(entries, SINKS)
        expect(sumsOf(snapshot)).toEqual(new Map([...expected]))
        expect(snapshot.missingRecords).toEqual([])
        expect(snapshot.windows.every(({ closed }) => closed)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('keeps no record whose outcomes are final, and sums that tenants add up to', () => {
    fc.assert(
      fc.property(sources, (all) => {
        const rows = all.flatMap((source) =>
          source.parts.flatMap((points, part) =>
            SINKS.map((name) => sink(name, { ...base(source, part), counts: { ...NO_COUNTS, delivered: points } })),
          ),
        )
        const book = bookOf([...rows.slice(3), ...all.map(readingOf), ...rows.slice(0, 3)], { sinks: SINKS })
        const snapshot = close(book)
        expect(snapshot.keptRecords).toBe(0)
        const totals = snapshot.tenants.map(({ tenant, received }) => [tenant, received])
        const sums = Map.groupBy(
          snapshot.windows.flatMap(({ tenants }) => tenants),
          ({ tenant }) => tenant,
        )
        expect(new Map(totals as [string, number][])).toEqual(
          new Map([...sums].map(([tenant, each]) => [tenant, each.reduce((sum, { received }) => sum + received, 0)])),
        )
      }),
    )
  })
})
