import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { encodeRecord } from '@pegel/contracts'
import type { AlertStateRecord } from '@pegel/contracts'
import type { AllReader, KafkaRecord } from '@pegel/kafka'
import { AlertBook } from './alert-book.ts'
import { viewAlerts, viewOverrides, viewSilences } from './alert-views.ts'

const nothing = { alert: null, group: null, settings: null }
const settings: AlertStateRecord = {
  ...nothing,
  ...{ tenant: 'acme', kind: 'settings', id: 'settings', offset: 1 },
  settings: {
    silences: [
      {
        ...{ id: 's', startsAtMs: 0, endsAtMs: 2000, by: 'bob', comment: 'c' },
        matchers: [{ name: 'a', operator: '=~', value: 'b"' }],
      },
      { id: 'over', startsAtMs: 0, endsAtMs: 500, by: 'bob', comment: '', matchers: [] },
    ],
    overrides: [
      { id: 'o', schedule: 'primary', person: 'eve', fromMs: 0, untilMs: 2000, by: 'bob' },
      { id: 'over', schedule: 'primary', person: 'eve', fromMs: 0, untilMs: 500, by: 'bob' },
    ],
    heartbeatMs: null,
  },
}

beforeEach(() => {
  jest.useFakeTimers()
})
afterEach(() => {
  jest.useRealTimers()
})

function bookOf(values: readonly Buffer[], answer: () => Promise<undefined> = () => Promise.resolve(undefined)) {
  let reads = 0
  const kafka = {
    readAll(_topic: string, onRecord: (record: KafkaRecord) => void): Promise<AllReader> {
      reads += 1
      for (const [index, value] of values.entries()) onRecord({ key: Buffer.from(String(index)), value } as KafkaRecord)
      const close = (): Promise<void> => Promise.resolve()
      return Promise.resolve({
        caughtUp: answer(),
        catchUp: answer,
        close,
        pause: () => undefined,
        resume: () => undefined,
      })
    },
  }
  const book = new AlertBook({ kafka, partitionCount: 1, timeoutMs: 1000 })
  return { book, reads: () => reads }
}

describe('the book of alerts', () => {
  const values = [
    encodeRecord('AlertState', settings),
    encodeRecord('AlertState', { ...settings, tenant: 'globex' }),
    Buffer.from('of a newer program'),
  ]

  it('has what is stored of a tenant, read once for all who ask within a second', async () => {
    const { book, reads } = bookOf(values)
    const all = await Promise.all([book.of('acme'), book.of('acme'), book.of('globex'), book.of('nobody')])
    expect(all.map((states) => states.map(({ tenant }) => tenant))).toEqual([['acme'], ['acme'], ['globex'], []])
    expect(reads()).toBe(1)
    await jest.advanceTimersByTimeAsync(1000)
    await book.of('acme')
    expect(reads()).toBe(2)
  })

  it('says that Kafka is away, and asks again next time', async () => {
    let away = true
    const { book, reads } = bookOf(values, () =>
      away ? Promise.reject(new Error('lost')) : Promise.resolve(undefined),
    )
    await expect(book.of('acme')).rejects.toMatchObject({ code: 'gateway.kafka_unavailable' })
    away = false
    expect(await book.of('acme')).toHaveLength(1)
    expect(reads()).toBe(2)
  })
})

describe('what is shown', () => {
  it('is what is not over of silences and overrides', () => {
    const [startsAt, endsAt] = ['1970-01-01T00:00:00.000Z', '1970-01-01T00:00:02.000Z']
    expect(viewSilences([settings], 1000)).toEqual({
      silences: [{ id: 's', matchers: ['a=~"b\\""'], starts_at: startsAt, ends_at: endsAt, by: 'bob', comment: 'c' }],
    })
    expect(viewOverrides([settings], 1000)).toEqual({
      overrides: [{ id: 'o', schedule: 'primary', person: 'eve', starts_at: startsAt, ends_at: endsAt, by: 'bob' }],
    })
    expect(viewAlerts([settings])).toEqual({ groups: [], alerts: [] })
  })
})
