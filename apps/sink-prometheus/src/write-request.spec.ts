import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { describeRequest, readRequest } from '../test/read-request.ts'
import { encodeLabels } from './label-bytes.ts'
import { Target } from './target.ts'
import { STATUS } from './status.ts'
import { WriteRequest } from './write-request.ts'
import type { Status } from './status.ts'

const target = (name: string): Target => new Target(encodeLabels(name, new Map()))
const statuses = (request: WriteRequest): Status[] =>
  Array.from({ length: request.units }, (_, unit) => request.status(unit))

const A = {}
const B = {}

describe('WriteRequest', () => {
  it('is read by another implementation as what was put in, each series in time order', () => {
    const sample = fc.record({ series: fc.nat(5), timeMs: fc.integer({ min: -5, max: 2 ** 42 }), value: fc.double() })
    fc.assert(
      fc.property(
        fc.uniqueArray(sample, { selector: ({ series, timeMs }) => `${series}@${timeMs}`, maxLength: 60 }),
        (samples) => {
          const request = new WriteRequest()
          const targets = Array.from({ length: 6 }, (_, series) => target(`s${series}`))
          samples.forEach(({ series, timeMs, value }, point) =>
            request.number(targets[series] ?? target('none'), request.addUnit(0, point, A), timeMs, value),
          )
          request.settle()
          const read = readRequest(request.encode()).flatMap(({ labels, samples: own }) =>
            own.map(({ timestamp, value }) => [labels[0]?.value, timestamp, value]),
          )
          const sent = samples.map(({ series, timeMs, value }) => [`s${series}`, timeMs, value])
          expect(read).toHaveLength(sent.length)
          expect(read).toEqual(expect.arrayContaining(sent))
          for (const { samples: own } of readRequest(request.encode())) {
            expect(own.map(({ timestamp }) => timestamp)).toEqual(
              own.map(({ timestamp }) => timestamp).sort((a, b) => a - b),
            )
          }
        },
      ),
      { numRuns: 60 },
    )
  })

  it('grows with its samples and is as good as new when it is used again', () => {
    const request = new WriteRequest()
    const one = target('one')
    for (let point = 0; point < 10_000; point += 1) request.number(one, request.addUnit(0, point, A), point, point)
    expect(readRequest(request.encode())[0]?.samples).toHaveLength(10_000)
    request.clear()
    expect(request.encode()).toHaveLength(0)
    request.number(one, request.addUnit(0, 0, B), 7, 8)
    expect(describeRequest(request.encode())).toBe('one{} 8 7\n')
  })

  it('has room for more series than it began with', () => {
    const request = new WriteRequest()
    for (let series = 0; series < 5_000; series += 1)
      request.number(target(`s${series}`), request.addUnit(0, series, A), 1, 2)
    expect(readRequest(request.encode())).toHaveLength(5_000)
  })

  it('writes the NaN that ends a series bit by bit, and other NaNs as they are', () => {
    const request = new WriteRequest()
    request.stale(target('a'), request.addUnit(0, 0, A), 1)
    request.number(target('b'), request.addUnit(0, 1, A), 1, Number.NaN)
    expect(describeRequest(request.encode())).toBe('a{} stale 1\nb{} NaN 1\n')
  })

  it('leaves out what is settled or not marked, and a series that has nothing left', () => {
    const request = new WriteRequest()
    const [one, two] = [target('one'), target('two')]
    for (let point = 0; point < 3; point += 1) request.number(one, request.addUnit(0, point, A), point, point)
    request.number(two, request.addUnit(0, 3, B), 9, 9)
    request.setStatus(0, STATUS.delivered)
    request.setStatus(3, STATUS.rejected)
    expect(describeRequest(request.encode())).toBe('one{} 1 1\none{} 2 2\n')
    expect(describeRequest(request.encode(Uint8Array.of(1, 0, 1, 1)))).toBe('one{} 2 2\n')
  })

  it('writes a request of nothing but samples without labels or values', () => {
    const request = new WriteRequest()
    expect(request.encode()).toHaveLength(0)
    expect(request.timesOfUnits()).toHaveLength(0)
  })
})

describe('samples of one millisecond', () => {
  function pair(second: { readonly owner: object; readonly record: number; readonly value: number }): WriteRequest {
    const request = new WriteRequest()
    const shared = target('shared')
    request.number(shared, request.addUnit(0, 0, A), 5, 1)
    request.number(shared, request.addUnit(second.record, 1, second.owner), 5, second.value)
    request.settle()
    return request
  }

  it.each([
    ['collapse within a record', { owner: A, record: 0, value: 1 }, STATUS.collapsed],
    ['collapse between records when their values differ', { owner: A, record: 1, value: 2 }, STATUS.collapsed],
    [
      'are a repetition between records when their values are equal',
      { owner: A, record: 1, value: 1 },
      STATUS.alreadyPresent,
    ],
    ['collide when they are of two source series', { owner: B, record: 0, value: 1 }, STATUS.collided],
  ])('%s', (_what, second, status) => {
    const request = pair(second)
    expect(statuses(request)).toEqual([STATUS.open, status])
    expect(describeRequest(request.encode())).toBe('shared{} 1 5\n')
  })

  it('that repeat a native histogram are compared by their bytes', () => {
    const request = new WriteRequest()
    const shared = target('shared')
    for (const [record, bytes] of [Buffer.from('same'), Buffer.from('same'), Buffer.from('other')].entries()) {
      request.histogram(shared, request.addUnit(record, 0, A), 5, bytes)
    }
    request.settle()
    expect(statuses(request)).toEqual([STATUS.open, STATUS.alreadyPresent, STATUS.collapsed])
  })

  it('within one point stand for each other', () => {
    const request = new WriteRequest()
    const bucket = target('bucket')
    const unit = request.addUnit(0, 0, A)
    request.number(bucket, unit, 5, 1)
    request.number(bucket, unit, 5, 3)
    request.settle()
    expect(statuses(request)).toEqual([STATUS.open])
    expect(describeRequest(request.encode())).toBe('bucket{} 1 5\n')
  })

  it('take the other samples of their point along', () => {
    const request = new WriteRequest()
    const [shared, own] = [target('count'), target('sum')]
    request.number(shared, request.addUnit(0, 0, A), 5, 1)
    const unit = request.addUnit(0, 1, B)
    request.number(shared, unit, 5, 2)
    request.number(own, unit, 5, 9)
    request.settle()
    expect(describeRequest(request.encode())).toBe('count{} 1 5\n')
  })
})

describe('the order in which units are tried', () => {
  it('is by time, and rank by rank within a series', () => {
    const request = new WriteRequest()
    const [one, two] = [target('one'), target('two')]
    for (const timeMs of [30, 10, 20]) request.number(one, request.addUnit(0, 0, A), timeMs, 0)
    request.number(two, request.addUnit(0, 0, B), 15, 0)
    request.settle()
    expect([...request.timesOfUnits()]).toEqual([30, 10, 20, 15])
    expect([...request.ranksOfUnits()]).toEqual([2, 0, 1, 0])
  })
})
