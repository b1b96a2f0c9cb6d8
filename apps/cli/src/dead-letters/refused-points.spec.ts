import { describe, expect, it } from '@jest/globals'
import type { DeadLetterRecord } from '@pegel/contracts'
import type { LetterSummary } from '@pegel/pipeline'
import { batchOf, complex, gauge, histogramPoint, logBatchOf, logEvent, logGroup } from '@pegel/testing'
import { formatLetter, formatLetters } from './print.ts'
import { decodeLetter } from './refused-points.ts'

const schemas = { byFingerprint: () => undefined }
const T0 = Date.UTC(2026, 0, 1)

function letter(value: Buffer, points: readonly number[], topic = 'pegel.metrics.v1'): DeadLetterRecord {
  return {
    ...{ tenant: 'acme', stage: 'sink', sink: 'influxdb', topic, partition: 0, offset: 9, key: null, value },
    refusals: points.map((point) => ({ point, reason: 'mapping_conflict', message: 'a text' })),
    ...{ failedAtMs: 0, timestampMs: 0, headers: [], settled: '', replayId: '' },
  }
}

const summary: LetterSummary = {
  ...{ partition: 1, offset: 2, writtenAtMs: T0, tenant: 'acme', stage: 'enricher', sink: '' },
  source: { topic: 'pegel.ingest.v1', partition: 3, offset: 4 },
  sourceAtMs: 0,
  refused: -1,
  reasons: [
    { reason: 'a', count: 2 },
    { reason: 'b', count: 1 },
  ],
  late: [],
  message: 'long '.repeat(40),
  sizeBytes: 0,
  settled: '',
  replayId: '',
}

describe('decodeLetter', () => {
  it('names series, labels, time and value of each refused point', () => {
    const resource = { 'service.name': 'shop' }
    const { value } = batchOf('acme', [
      gauge('a', [[T0, 1]], { resource }),
      gauge(
        'b',
        [
          [T0, 2],
          [T0 + 1000, 3],
        ],
        { resource, attributes: { path: '/' } },
      ),
      complex('c', [[T0, histogramPoint([1], [2, 3])]]),
    ])
    const { problem, points } = decodeLetter(letter(value, [2, 3, -1, 99]), schemas)
    expect(problem).toBe('')
    expect(points).toEqual([
      {
        ...{ point: 2, reason: 'mapping_conflict', message: 'a text' },
        ...{ name: 'b', labels: { path: '/' }, resource, at: '2026-01-01T00:00:01.000Z', value: 3 },
      },
      expect.objectContaining({ name: 'c', value: expect.objectContaining({ kind: 'histogram', count: 5 }) }),
      expect.objectContaining({ point: -1, name: '' }),
      expect.objectContaining({ point: 99, name: '' }),
    ])
  })

  it('names log events by their message', () => {
    const events = [
      logEvent(),
      logEvent({ message: 'card refused', timeMs: T0, attributes: [{ key: 'k', value: 'v' }] }),
    ]
    const { value } = logBatchOf('acme', [logGroup(events)])
    const { points } = decodeLetter(letter(value, [1, 7], 'pegel.events.v1'), schemas)
    expect(points[0]).toMatchObject({ name: 'card refused', labels: { k: 'v' }, resource: { 'service.name': 'shop' } })
    expect(points[1]).toMatchObject({ name: '' })
  })

  it('gives the reasons of what cannot be decoded', () => {
    expect(decodeLetter(letter(Buffer.from('no batch'), [0]), schemas)).toMatchObject({
      problem: 'Not a valid framed record: it begins with neither C3 01 nor 00.',
      points: [{ reason: 'mapping_conflict', name: '' }],
    })
    expect(decodeLetter(letter(Buffer.alloc(0), [0]), schemas).problem).toContain('no room')
  })
})

describe('the tables', () => {
  it('say where a letter is, of what it is and why', () => {
    const text = formatLetters([summary], 3)
    expect(text).toMatch(
      /^1@2 +2026-01-01T00:00:00.000Z +acme +enricher +pegel.ingest.v1\/3@4 +whole record +a x2, b +open/m,
    )
    expect(text).toContain('…')
    expect(text).toContain('and 2 more')
  })

  it('show some of many points, and what could not be decoded', () => {
    const { value } = batchOf('acme', [complex('c', [[T0, histogramPoint([1], [2, 3])]])])
    const decoded = decodeLetter(letter(value, [0]), schemas)
    const many = Array.from({ length: 60 }, () => decoded.points).flat()
    const text = formatLetter({ ...summary, settled: 'dropped' }, { problem: 'cut short', points: many })
    expect(text).toContain('1@2: acme at enricher, whole record of pegel.ingest.v1/3@4, dropped\n')
    expect(text).toContain('The record cannot be decoded: cut short')
    expect(text).toContain('"count":5')
    expect(text).toContain('and 10 more points')
  })
})
