import { describe, expect, it } from '@jest/globals'
import type { SentPoint } from '../journal/read-journal.ts'
import { parseReport } from '../live/follow-ledger.ts'
import type { LedgerReport } from '../live/ledger-report.ts'
import { sentProblems } from './judge.ts'

const sent = (acknowledged: boolean): SentPoint => ({ acknowledged }) as SentPoint
const report = (received: number): LedgerReport =>
  ({ tenants: [{ tenant: 'shop', received }] }) as unknown as LedgerReport

describe('sentProblems', () => {
  it('has none when the ledger has all that was acknowledged, or more after a second attempt', () => {
    expect(sentProblems('shop', [sent(true), sent(true), sent(false)], report(2))).toEqual([])
    expect(sentProblems('shop', [sent(true)], report(3))).toEqual([])
  })

  it('sees that the ledger lacks a point', () => {
    expect(sentProblems('shop', [sent(true), sent(true)], report(1))).toEqual([expect.stringContaining('2 points')])
    expect(sentProblems('shop', [sent(true)], { ...report(1), tenants: [] })).toHaveLength(1)
  })

  it('is not content with a source that sent nothing', () => {
    expect(sentProblems('shop', [], report(0))).toHaveLength(1)
    expect(sentProblems('shop', [sent(false)], report(1))).toHaveLength(1)
  })
})

describe('parseReport', () => {
  it('tells a report from other lines', () => {
    expect(parseReport('{"tenants":[],"balanced":true}')).toMatchObject({ balanced: true })
    expect(parseReport('error kafka.broker_lost: No broker answered')).toBeUndefined()
    expect(parseReport('')).toBeUndefined()
  })
})
