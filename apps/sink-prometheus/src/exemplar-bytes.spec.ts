import { describe, expect, it } from '@jest/globals'
import { attributesOf } from '@pegel/testing'
import { readRequest } from '../test/read-request.ts'
import { encodeExemplar } from './exemplar-bytes.ts'
import { Target } from './target.ts'
import { WriteRequest } from './write-request.ts'

const exemplar = {
  point: 0,
  timeMs: 1_800_000_000_000,
  timeNs: 0,
  value: -0.5,
  traceId: 'ab'.repeat(16),
  spanId: 'cd'.repeat(8),
}

function read(attributes: Record<string, string>) {
  const request = new WriteRequest()
  const target = new Target(Buffer.alloc(0))
  const unit = request.addUnit(0, 0, target)
  request.number(target, unit, 1, 1)
  request.exemplar(target, unit, encodeExemplar({ ...exemplar, attributes: attributesOf(attributes) }))
  request.exemplar(target, unit, encodeExemplar({ ...exemplar, traceId: '', spanId: '', attributes: [] }))
  return readRequest(request.encode())[0]?.exemplars ?? []
}

describe('encodeExemplar', () => {
  it('has value, time, trace and attributes', () => {
    const [first, second] = read({ 'user.id': '7' })
    expect(first).toMatchObject({ value: -0.5, timestamp: exemplar.timeMs })
    expect(first?.labels.map(({ name, value }) => `${name}=${value}`)).toEqual([
      `span_id=${exemplar.spanId}`,
      `trace_id=${exemplar.traceId}`,
      'user_id=7',
    ])
    expect(second?.labels).toEqual([])
  })

  it('leaves attributes out that would make it too long for receivers', () => {
    const [first] = read({ a: 'x'.repeat(40), b: 'y'.repeat(40) })
    expect(first?.labels.map(({ name }) => name)).toEqual(['a', 'span_id', 'trace_id'])
  })
})
