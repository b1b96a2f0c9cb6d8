import { describe, expect, it } from '@jest/globals'
import avro from 'avsc'
import fc from 'fast-check'
import { ByteReader } from './byte-reader.ts'
import type { AvroJson } from './canonical-form.ts'
import { compileCheck } from './check-bytes.ts'
import { makeType } from './types.ts'

const everything: AvroJson = {
  type: 'record',
  name: 'Everything',
  namespace: 'x',
  fields: [
    { name: 'boolean', type: 'boolean' },
    { name: 'int', type: { type: 'int' } },
    { name: 'long', type: 'long' },
    { name: 'float', type: 'float' },
    { name: 'double', type: 'double' },
    { name: 'bytes', type: 'bytes' },
    { name: 'string', type: 'string' },
    { name: 'fixed', type: { type: 'fixed', name: 'F', size: 3 } },
    { name: 'enum', type: { type: 'enum', name: 'E', symbols: ['a', 'b'] } },
    { name: 'list', type: { type: 'array', items: 'F' } },
    { name: 'map', type: { type: 'map', values: 'x.E' } },
    {
      name: 'union',
      type: ['null', 'string', { type: 'record', name: 'Tree', fields: [{ name: 'next', type: ['null', 'Tree'] }] }],
    },
  ],
}
const type = avro.Type.forSchema(everything as avro.Schema)
/** As MetricBatch is read: a check does not know that other records have no longs beyond 2^53. */
const exact = makeType('MetricBatch', everything)
const check = compileCheck(everything)

function accepts(bytes: Buffer, step = check): boolean {
  const reader = new ByteReader(bytes, { record: 'Everything' })
  try {
    step(reader)
    reader.atEnd()
    return true
  } catch {
    return false
  }
}

describe('compileCheck', () => {
  it('accepts what avsc writes, and no prefix of it', () => {
    for (let index = 0; index < 100; index++) {
      const bytes = type.toBuffer(type.random())
      expect(accepts(bytes)).toBe(true)
      for (let length = 0; length < bytes.length; length += 3) expect(accepts(bytes.subarray(0, length))).toBe(false)
    }
  })

  it('accepts nothing that avsc refuses', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 20, maxLength: 80 }), fc.nat(), (noise, at) => {
        const bytes = type.toBuffer(type.random())
        bytes.set(noise.subarray(0, 2), at % (bytes.length - 2))
        if (accepts(bytes)) expect(() => exact.fromBuffer(bytes) as unknown).not.toThrow()
      }),
      { numRuns: 300 },
    )
  })

  it('bounds arrays of items that take no bytes', () => {
    const nulls = compileCheck({ type: 'array', items: 'null' })
    expect(accepts(Buffer.from('feffffffffffffff7f00', 'hex'), nulls)).toBe(false)
    expect(accepts(Buffer.of(0), nulls)).toBe(true)
  })

  it('bounds recursion', () => {
    const list = compileCheck({ type: 'record', name: 'L', fields: [{ name: 'next', type: ['null', 'L'] }] })
    expect(accepts(Buffer.concat([Buffer.alloc(20, 2), Buffer.of(0)]), list)).toBe(true)
    expect(accepts(Buffer.concat([Buffer.alloc(100_000, 2), Buffer.of(0)]), list)).toBe(false)
    expect(accepts(Buffer.concat([Buffer.alloc(20, 2), Buffer.of(0)]), list)).toBe(true)
  })

  it.each([[5], ['nowhere'], [{ type: 'record', name: 'R' }], [{ type: 'enum', symbols: [] }], [null]])(
    'refuses the schema %j',
    (schema) => {
      expect(() => compileCheck(schema)).toThrow(TypeError)
    },
  )
})
