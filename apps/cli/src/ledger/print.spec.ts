import { describe, expect, it } from '@jest/globals'
import { NO_COUNTS } from '@pegel/contracts'
import type { LedgerReport } from '@pegel/pipeline'
import { formatReport } from './print.ts'

const REPORT: LedgerReport = {
  tenants: [
    {
      tenant: 'acme',
      records: 2,
      received: 1000,
      produced: 900,
      dropped: 60,
      refused: 40,
      tenantDeleted: 0,
      unreadable: 0,
      droppedBy: { no_debug: 60 },
      refusedBy: { max_point_age: 40 },
      unconfirmed: 7,
      unbalanced: 0,
      sinks: [
        {
          sink: 'influxdb',
          ...NO_COUNTS,
          delivered: 890,
          produced: 900,
          inFlight: 10,
          oldestUndeliveredMs: 0,
          maxLatencyMs: 42.4,
          unbalanced: 10,
        },
      ],
    },
  ],
  windows: [
    { startMs: 0, closed: true, balanced: false, tenants: [] },
    { startMs: 60_000, closed: false, balanced: true, tenants: [] },
  ],
  missingRecords: [
    { topic: 'pegel.ingest.v1', partition: 3, from: 7, to: 8 },
    { topic: 'pegel.ingest.v1', partition: 3, from: 10, to: 15 },
  ],
  waitingRecords: 5,
  missingParts: [
    {
      sink: 'influxdb',
      tenant: 'acme',
      topic: 'pegel.ingest.v1',
      partition: 1,
      offset: 4,
      part: 0,
      points: 10,
      appendTimeMs: 0,
    },
  ],
  expiredRecords: [
    { sink: 'influxdb', topic: 'pegel.metrics.v1', partition: 2, from: 5, to: 8, atMs: 0 },
    { sink: '', topic: 'pegel.ingest.v1', partition: 0, from: 1, to: 2, atMs: 0 },
  ],
  balanced: false,
}

describe('formatReport', () => {
  it('prints balances, reasons and what is missing', () => {
    const text = formatReport(REPORT)
    expect(text).toMatch(/^acme +2 +1,000 +900 +60 +40 +0 +0 +7 +1970-01-01T00:00:00Z +ok$/m)
    expect(text).toMatch(/^acme +influxdb +900 +890 .*10 +1970-01-01T00:00:00Z +42 ms +OFF BY 10$/m)
    expect(text).toMatch(/^acme +dropped +no_debug +60$/m)
    expect(text).toMatch(/^acme +refused +max_point_age +40$/m)
    expect(text).toContain('  pegel.ingest.v1/3@7\n  pegel.ingest.v1/3@10..14\n')
    expect(text).toContain('  influxdb: 10 points of acme from pegel.ingest.v1/1@4 part 0\n')
    expect(text).toMatch(
      /^Expired: records.*\n +influxdb: pegel\.metrics\.v1\/2@5\.\.7\n +enricher: pegel\.ingest\.v1\/0@1$/m,
    )
    expect(text).toContain('1 windows closed, 1 open, 5 ingest records waiting: THE BOOKS DO NOT BALANCE')
  })

  it('names some of many, and says how many more', () => {
    const missingParts = Array.from({ length: 25 }, (_, offset) => ({ ...REPORT.missingParts[0], offset }))
    expect(formatReport({ ...REPORT, missingParts } as LedgerReport)).toContain('  and 5 more\n')
  })

  it('is short when all is well', () => {
    const text = formatReport({
      ...REPORT,
      tenants: [],
      missingRecords: [],
      missingParts: [],
      expiredRecords: [],
      balanced: true,
    })
    expect(text).not.toContain('Missing')
    expect(text).toContain('the books balance')
  })
})
