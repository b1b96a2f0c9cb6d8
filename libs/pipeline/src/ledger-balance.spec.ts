import { describe, expect, it } from '@jest/globals'
import type { LedgerEntry } from '@pegel/contracts'
import { ask, counts, delivered, enricher, MINUTE, positions, row, sink, T0, TOPIC } from '../test/ledger-rows.ts'

const GOOD: readonly [LedgerEntry, LedgerEntry] = [
  enricher(
    row(0, {
      received: 10,
      produced: 6,
      dropped: [{ reason: 'rule_0', count: 3 }],
      refused: [{ reason: 'age', count: 1 }],
    }),
  ),
  sink('influxdb', row(0, { ...counts({ delivered: 4, collapsed: 2 }), latencyMs: 30 })),
]

describe('the balance', () => {
  it('leaves log events out, which no enricher has seen', () => {
    const logs = sink('influxdb', row(0, { ...delivered(9), topic: 'pegel.events.v1', produced: 9 }))
    expect(ask([...GOOD, logs], positions(1))).toEqual(ask(GOOD, positions(1)))
  })

  it('balances per tenant and sink', () => {
    const report = ask(GOOD, positions(1))
    expect(report).toMatchObject({
      balanced: true,
      missingRecords: [],
      missingParts: [],
      waitingRecords: 0,
      windows: [{ startMs: T0, closed: true, balanced: true }],
    })
    expect(report.tenants).toEqual([
      expect.objectContaining({
        tenant: 'acme',
        records: 1,
        received: 10,
        produced: 6,
        dropped: 3,
        refused: 1,
        droppedBy: { rule_0: 3 },
        refusedBy: { age: 1 },
        unbalanced: 0,
        sinks: [
          expect.objectContaining({ sink: 'influxdb', delivered: 4, collapsed: 2, inFlight: 0, maxLatencyMs: 30 }),
        ],
      }),
    ])
  })

  it('does not count repeated entries, and takes the last row of a key', () => {
    const first = sink('influxdb', row(0, counts({ parked: 6 })))
    const report = ask([GOOD[0], first, ...GOOD, ...GOOD], positions(1))
    expect(report.balanced).toBe(true)
    expect(report.tenants[0]?.sinks[0]).toMatchObject({ delivered: 4, parked: 0, produced: 6 })
  })

  it('names ingest records that were committed past without a row', () => {
    const report = ask([...GOOD, enricher(row(3, { appendTimeMs: T0 }))], positions(6))
    expect(report.missingRecords).toEqual([
      { topic: TOPIC, partition: 0, from: 1, to: 3 },
      { topic: TOPIC, partition: 0, from: 4, to: 6 },
    ])
    expect(report.balanced).toBe(false)
  })

  it('names records that retention removed before they were read', () => {
    const entries = [enricher(row(4, { appendTimeMs: T0 - MINUTE })), enricher(row(9))]
    const at = { topic: TOPIC, partition: 0, earliest: 8, latest: 10, committed: 10 }
    const report = ask(entries, { ingest: [at], finished: new Map() }, { sinceMs: T0 })
    expect(report.missingRecords).toEqual([{ topic: TOPIC, partition: 0, from: 5, to: 9 }])
  })

  it('calls records beyond the committed offset waiting, not missing', () => {
    expect(ask(GOOD, positions(1, 9))).toMatchObject({ balanced: true, waitingRecords: 8, missingRecords: [] })
    expect(ask([], positions(-1, 9))).toMatchObject({ balanced: true, waitingRecords: 9 })
  })

  it('takes a record with a part lacking for missing', () => {
    const parts = [row(0, { parts: 2, received: 4, produced: 2 }), row(0, { part: 1, parts: 2, produced: 2 })] as const
    expect(ask([enricher(parts[0])], positions(1)).missingRecords).toHaveLength(1)
    const whole = [enricher(...parts), sink('influxdb', row(0, delivered(2)), row(0, { part: 1, ...delivered(2) }))]
    expect(ask(whole, positions(1))).toMatchObject({
      balanced: true,
      tenants: [{ records: 1, received: 4, produced: 4 }],
    })
  })

  it('forgets parts of an earlier reading that the last one does not have', () => {
    const entries = [
      enricher(row(0, { parts: 2, received: 4, produced: 2 }), row(0, { part: 1, parts: 2, produced: 2 })),
      enricher(row(0, { received: 4, produced: 4 })),
      sink('influxdb', row(0, delivered(4))),
    ]
    expect(ask(entries, positions(1))).toMatchObject({ balanced: true, tenants: [{ produced: 4 }] })
  })

  it('names parts that a sink has committed past without an outcome, and wrong sums', () => {
    const entries = [
      enricher(row(0, { received: 5, produced: 5 }), row(1, { received: 5, produced: 5 }), row(2, { received: 1 })),
      sink('influxdb', row(1, delivered(7))),
    ]
    const report = ask(entries, positions(3))
    expect(report.missingParts).toEqual([
      { sink: 'influxdb', tenant: 'acme', topic: TOPIC, partition: 0, offset: 0, part: 0, points: 5, appendTimeMs: T0 },
      {
        sink: 'influxdb',
        tenant: 'acme',
        topic: TOPIC,
        partition: 0,
        offset: 1,
        part: 0,
        points: -2,
        appendTimeMs: T0,
      },
    ])
    expect(report.tenants[0]).toMatchObject({ unbalanced: 1, sinks: [{ unbalanced: 7, inFlight: 3 }] })
    expect(report.balanced).toBe(false)
  })

  it('keeps a window open while a sink is behind, and calls its points in flight', () => {
    const entries = [...GOOD, sink('prometheus')]
    const report = ask(entries, positions(1))
    expect(report).toMatchObject({ balanced: true, windows: [{ closed: false }] })
    expect(report.tenants[0]?.sinks.map(({ sink: name, inFlight }) => [name, inFlight])).toEqual([
      ['influxdb', 0],
      ['prometheus', 6],
    ])
    expect(ask(entries, positions(1), { sinks: ['influxdb'] }).windows[0]?.closed).toBe(true)
  })

  it('closes a window when the enricher has passed the first record of a later minute, or all there is', () => {
    const later = row(1, { appendTimeMs: T0 + MINUTE, received: 0 })
    expect(ask(GOOD, positions(1, 2)).windows[0]?.closed).toBe(false)
    expect(ask([...GOOD, enricher(later)], positions(2, 9)).windows.map((window) => window.closed)).toEqual([
      true,
      false,
    ])
    expect(ask(GOOD, positions(1), { nowMs: T0 + 30_000 }).windows[0]?.closed).toBe(false)
  })

  it('leaves older windows and other tenants out', () => {
    const entries = [
      enricher(row(0, { received: 1, produced: 1 }), row(1, { received: 2, produced: 2, appendTimeMs: T0 + MINUTE })),
      enricher(row(2, { received: 3, produced: 3, tenant: 'beta', appendTimeMs: T0 + MINUTE })),
    ]
    const since = ask(entries, positions(3), { sinceMs: T0 + MINUTE })
    expect(since.tenants.map(({ tenant, received }) => [tenant, received])).toEqual([
      ['acme', 2],
      ['beta', 3],
    ])
    expect(since.missingRecords).toEqual([])
    expect(ask(entries, positions(3), { tenant: 'beta' }).tenants.map(({ tenant }) => tenant)).toEqual(['beta'])
  })

  it('counts unreadable records beside the balance and books deleted tenants', () => {
    const entries = [enricher(row(0, { parts: 0, unreadable: 1 }), row(1, { received: 4, tenantDeleted: 4 }))]
    expect(ask(entries, positions(2))).toMatchObject({ balanced: true, tenants: [{ unreadable: 1, tenantDeleted: 4 }] })
  })
})
