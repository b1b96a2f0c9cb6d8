import { describe, expect, it } from '@jest/globals'
import { compare } from './compare.ts'
import { reportLines } from './report.ts'

const cell = (time: string, value: number, tenant = 'shop') => ({ tenant, series: 'orders{}', time, value })
const sent = [cell('1795374000123', 1), cell('1795374001123000000', 2)].map((each) => ({ ...each, acknowledged: true }))

describe('reportLines', () => {
  it('is one line when all is well', () => {
    expect(reportLines('Prometheus', compare(sent, sent))).toEqual([
      'Prometheus: 2 values in 1 series, each there once',
    ])
  })

  it('mentions what nobody was promised', () => {
    const unanswered = { ...cell('3', 3), acknowledged: false }
    expect(reportLines('Prometheus', compare([...sent, unanswered], [...sent, unanswered]))).toEqual([
      'Prometheus: 2 values in 1 series, each there once, and 1 whose sender got no answer',
    ])
  })

  it('names tenant, series, counts, sums and times of what differs', () => {
    const [first] = sent
    expect(reportLines('InfluxDB', compare(sent, first === undefined ? [] : [first, first, cell('5', 9)]))).toEqual([
      'InfluxDB: DIFFERENT in 1 series; 1 values in 1 series match',
      '  shop: orders{}',
      '    sent 2 with sum 3, found 3 with sum 11',
      '    doubled: 1 at 2026-11-22T19:00:00.123Z',
      '    missing: 2 at 2026-11-22T19:00:01.123Z',
      '    unexpected: 9 at 1970-01-01T00:00:00.005Z',
    ])
  })

  it('stays short when everything is wrong', () => {
    const many = Array.from({ length: 30 }, (_, index) => ({
      ...cell('1', index),
      series: `s${index}`,
      acknowledged: true,
    }))
    const lines = reportLines('Elasticsearch', compare(many, []))
    expect(lines).toHaveLength(1 + 10 * 3 + 1)
    expect(lines.at(-1)).toBe('  and 20 more series')
  })
})
