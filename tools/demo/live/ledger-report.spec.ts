import { describe, expect, it } from '@jest/globals'
import { isDrained, OTHER_OUTCOMES, problemsOf } from './ledger-report.ts'
import type { LedgerReport, LedgerSink, LedgerTenant } from './ledger-report.ts'

const none = Object.fromEntries(OTHER_OUTCOMES.map((outcome) => [outcome, 0])) as Record<
  (typeof OTHER_OUTCOMES)[number],
  number
>
const sinkOf = (changes: Partial<LedgerSink> = {}): LedgerSink => ({
  sink: 'prometheus',
  produced: 90,
  delivered: 80,
  alreadyPresent: 10,
  inFlight: 0,
  unbalanced: 0,
  ...none,
  ...changes,
})
const reportOf = (changes: Partial<LedgerTenant> = {}, report: Partial<LedgerReport> = {}): LedgerReport => ({
  tenants: [
    {
      tenant: 'shop',
      received: 100,
      produced: 90,
      dropped: 7,
      refused: 3,
      tenantDeleted: 0,
      unreadable: 0,
      unbalanced: 0,
      sinks: [sinkOf()],
      ...changes,
    },
  ],
  missingRecords: [],
  missingParts: [],
  waitingRecords: 0,
  windows: [],
  balanced: true,
  ...report,
})
const sinks = ['prometheus']

describe('the books of a demo that has ended', () => {
  it('are fine when each point has an outcome', () => {
    expect(problemsOf(reportOf(), sinks)).toEqual([])
    expect(isDrained(reportOf(), sinks)).toBe(true)
  })

  it.each<[string, LedgerReport]>([
    ['a point that the enricher lost', reportOf({ unbalanced: 1 })],
    ['a record that nobody read', reportOf({}, { waitingRecords: 1 })],
    ['a record without a row', reportOf({}, { missingRecords: [{}] })],
    ['a sink that never wrote a row', reportOf({ sinks: [] })],
    ['points on their way', reportOf({ sinks: [sinkOf({ delivered: 79, inFlight: 1 })] })],
  ])('are neither drained nor fine with %s', (_, report) => {
    expect(isDrained(report, sinks)).toBe(false)
    expect(problemsOf(report, sinks)).not.toEqual([])
  })

  it.each<[string, LedgerReport]>([
    ['a dead letter', reportOf({ sinks: [sinkOf({ delivered: 79, deadLettered: 1 })] })],
    ['a doubled outcome', reportOf({ sinks: [sinkOf({ delivered: 81 })] })],
    ['an unreadable record', reportOf({ unreadable: 1 })],
    ['a part without an outcome', reportOf({}, { missingParts: [{}] })],
    ['a window that does not balance', reportOf({}, { balanced: false })],
  ])('are wrong with %s', (_, report) => {
    expect(problemsOf(report, sinks)).not.toEqual([])
  })
})
