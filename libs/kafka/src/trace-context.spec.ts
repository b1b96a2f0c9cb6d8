import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { formatTraceparent, parseTraceparent } from '@pegel/telemetry'
import { traceOf, withTrace } from './trace-context.ts'

const traceId = '0af7651916cd43dd8448eb211c80319c'
const spanId = 'b7ad6b7169203331'

describe('trace context', () => {
  it('is read and written as W3C says', () => {
    const parsed = parseTraceparent(`00-${traceId}-${spanId}-01`, 'vendor=1')
    expect(parsed).toEqual({ traceId, spanId, sampled: true, state: 'vendor=1' })
    expect(parsed && formatTraceparent(parsed)).toBe(`00-${traceId}-${spanId}-01`)
    expect(parseTraceparent(`00-${traceId}-${spanId}-00`)).toEqual({ traceId, spanId, sampled: false })
    expect(parseTraceparent(`00-${traceId}-${spanId}-03`)?.sampled).toBe(true)
  })

  it('of a later version is read as far as it is known', () => {
    expect(parseTraceparent(`01-${traceId}-${spanId}-01-more`)?.traceId).toBe(traceId)
  })

  it.each([
    '',
    'garbage',
    `00-${traceId}-${spanId}`,
    `00-${traceId}-${spanId}-01-more`,
    `ff-${traceId}-${spanId}-01`,
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
  ])('that is not valid is no context: %s', (value) => {
    expect(parseTraceparent(value)).toBeUndefined()
  })

  it('drops vendors’ data that is too long to carry', () => {
    expect(parseTraceparent(`00-${traceId}-${spanId}-01`, 'x'.repeat(513))).not.toHaveProperty('state')
  })

  it('survives the way through headers, and replaces an older one', () => {
    const hex = (length: number) =>
      fc.string({
        unit: fc.constantFrom(...'0 1 2 3 4 5 6 7 8 9 a b c d e f'.split(' ')),
        minLength: length,
        maxLength: length,
      })
    fc.assert(
      fc.property(hex(31), hex(15), fc.boolean(), (trace, span, sampled) => {
        const context = { traceId: `${trace}1`, spanId: `${span}1`, sampled }
        const headers = withTrace({ other: 'x', traceparent: 'old', tracestate: 'old' }, context)
        const asBuffers = Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, Buffer.from(value)]))
        expect(traceOf({ headers: asBuffers })).toEqual(context)
        expect(headers.other).toBe('x')
      }),
    )
  })

  it('leaves headers alone when there is none', () => {
    const headers = { a: 'b' }
    expect(withTrace(headers, undefined)).toBe(headers)
    expect(traceOf({ headers: {} })).toBeUndefined()
  })
})
