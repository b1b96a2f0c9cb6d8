import { describe, expect, it } from '@jest/globals'
import { encodeRecord } from '@pegel/contracts'
import type { DeadLetterRecord } from '@pegel/contracts'
import { kafkaRecord } from '../../test/support/fake-kafka.ts'
import { DeadLetterBook, settlementOf } from './dead-letter-book.ts'
import { letterOf } from './letter.ts'

const source = kafkaRecord(17, { topic: 'pegel.metrics.v1', partition: 2, headers: { traceparent: Buffer.from('00') } })

function letter(over: Partial<DeadLetterRecord> = {}): DeadLetterRecord {
  const refusals = [{ point: 4, reason: 'field_conflict', message: 'float into integer' }]
  const made = letterOf({ record: source, tenant: 'acme', stage: 'sink', sink: 'influxdb', refusals, nowMs: 5 })
  return { ...made, ...over }
}

function bookOf(...records: readonly (DeadLetterRecord | Buffer)[]): DeadLetterBook {
  const book = new DeadLetterBook({ byFingerprint: () => undefined })
  for (const [index, record] of records.entries()) {
    const value = Buffer.isBuffer(record) ? record : encodeRecord('DeadLetter', record)
    book.add(kafkaRecord(index, { topic: 'pegel.dead-letters.v1', partition: 1, timestampMs: 100 + index, value }))
  }
  return book
}

const settled = (how: 'replayed' | 'dropped', of = letter()) =>
  settlementOf(of, { settled: how, replayId: 'r-1', nowMs: 9 })

describe('letterOf', () => {
  it('keeps all of the source record', () => {
    expect(letter()).toMatchObject({
      ...{ topic: 'pegel.metrics.v1', partition: 2, offset: 17, timestampMs: 1000, failedAtMs: 5 },
      headers: [{ key: 'traceparent', value: Buffer.from('00') }],
      value: Buffer.from('value 17'),
    })
    expect(letterOf({ record: { ...source, value: null }, ...where }).value).toHaveLength(0)
  })
  const where = { tenant: 'acme', stage: 'sink', sink: '', refusals: [], nowMs: 0 } as const
})

describe('DeadLetterBook', () => {
  it('knows where a letter is, whose it is and why', () => {
    const many = ['a', 'b', 'b'].map((reason, point) => ({ point, reason, message: `${reason}!` }))
    const [known] = bookOf(letter({ refusals: many })).letters()
    expect(known).toEqual({
      ...{ partition: 1, offset: 0, writtenAtMs: 100, tenant: 'acme', stage: 'sink', sink: 'influxdb' },
      source: { topic: 'pegel.metrics.v1', partition: 2, offset: 17 },
      sourceAtMs: 1000,
      refused: 3,
      reasons: [
        { reason: 'b', count: 2 },
        { reason: 'a', count: 1 },
      ],
      late: [],
      message: 'a!',
      sizeBytes: 8,
      settled: '',
      replayId: '',
    })
    const whole = letter({ refusals: [{ point: -1, reason: 'tenant_mismatch', message: '' }], value: Buffer.alloc(0) })
    expect(bookOf(whole).letters()).toEqual([expect.objectContaining({ refused: -1, sizeBytes: 0 })])
  })

  it('keeps one letter of a source record for each stage and sink: the newest', () => {
    const others = [letter({ sink: 'elasticsearch' }), letter({ stage: 'enricher', sink: '' }), letter({ offset: 18 })]
    const again = letter({ refusals: [{ point: 0, reason: 'too_old', message: '' }], replayId: 'r-7' })
    const letters = bookOf(letter(), ...others, again).letters()
    expect(letters.map(({ offset }) => offset)).toEqual([1, 2, 3, 4])
    expect(letters[3]).toMatchObject({ reasons: [{ reason: 'too_old', count: 1 }], replayId: 'r-7' })
  })

  it('knows what was settled, how, and that it was refused again since', () => {
    expect(bookOf(letter(), settled('dropped')).letters()).toEqual([
      expect.objectContaining({ offset: 0, settled: 'dropped', replayId: 'r-1' }),
    ])
    expect(bookOf(letter(), settled('replayed'), letter()).letters()).toEqual([
      expect.objectContaining({ offset: 2, settled: '' }),
    ])
  })

  it('needs no letter to be told that it is settled', () => {
    expect(bookOf(settled('replayed')).letters()).toEqual([])
  })

  it('counts what it cannot read, and goes on', () => {
    const book = bookOf(Buffer.from('no letter'), letter())
    expect(book.unreadable).toBe(1)
    expect(book.letters()).toHaveLength(1)
  })
})
