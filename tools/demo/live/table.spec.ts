import { describe, expect, it } from '@jest/globals'
import { renderPlain, renderTable } from './table.ts'
import type { View } from './view.ts'

const view: View = {
  elapsedMs: 83_400,
  sinks: ['prometheus', 'influxdb'],
  balanced: true,
  note: '',
  tenants: [
    {
      tenant: 'agent',
      received: 12_345,
      dropped: 45,
      refused: 0,
      unbalanced: 0,
      sinks: {
        prometheus: { stored: 12_300, inFlight: 0, other: 0 },
        influxdb: { stored: 12_000, inFlight: 290, other: 10 },
      },
      freshness: { p50Ms: 210.4, p99Ms: 1540 },
    },
    { tenant: 'direct', received: 7, dropped: 0, refused: 0, unbalanced: 3, sinks: {}, freshness: undefined },
  ],
}

describe('renderTable', () => {
  it('lines the columns up and says what is on the way', () => {
    expect(renderTable(view)).toEqual([
      'Pegel · 1:23 · ledger balances',
      '',
      'tenant  points in  dropped  prometheus                influxdb  balance  fresh p50/p99',
      'agent      12,345       45      12,300  12,000 +290 (10 other)       ok   210 ms 1.5 s',
      'direct          7        0           –                       –    3 off              –',
      '',
      '+n: on the way',
    ])
  })

  it('shouts when the books are wrong, and shows the news', () => {
    const lines = renderTable({ ...view, balanced: false, note: 'killed the enricher' })
    expect(lines[0]).toContain('LEDGER DOES NOT BALANCE')
    expect(lines.at(-1)).toBe('killed the enricher')
  })

  it('has a table before anything has come in', () => {
    const lines = renderTable({ ...view, balanced: undefined, tenants: [] })
    expect(lines[0]).toBe('Pegel · 1:23 · no window closed yet')
    expect(lines).toHaveLength(3)
  })
})

describe('renderPlain', () => {
  it('gives a line per tenant', () => {
    expect(renderPlain(view)).toEqual([
      'Pegel · 1:23 · ledger balances',
      '  agent: in 12,345, dropped 45, refused 0; prometheus 12,300, influxdb 12,000 +290 (10 other); ok; fresh 210 ms 1.5 s',
      '  direct: in 7, dropped 0, refused 0; prometheus –, influxdb –; 3 off; fresh –',
    ])
  })
})
