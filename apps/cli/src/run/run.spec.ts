import { describe, expect, it } from '@jest/globals'
import { brokersOf, numberOf } from '../context.ts'
import { parseListening } from './listening.ts'

describe('parseListening', () => {
  it('reads the line of a service that is up, and no other', () => {
    const line = JSON.stringify({
      level: 'INFO',
      message: 'listening',
      metadata: { port: 4318, adminPort: 9464, instance: 'x' },
    })
    expect(parseListening(line)).toEqual({ port: 4318, adminPort: 9464 })
    expect(parseListening('{"message":"listening"}')).toEqual({})
    expect(parseListening('{"message":"said \\"listening\\""}')).toBeUndefined()
    expect(parseListening('{"listening"')).toBeUndefined()
    expect(parseListening('Error: not listening')).toBeUndefined()
  })
})

describe('the environment', () => {
  it('names brokers, or says what to do', () => {
    expect(brokersOf({ PEGEL_KAFKA_BROKERS: 'a:1, b:2,' })).toEqual(['a:1', 'b:2'])
    expect(() => brokersOf({})).toThrow('npm run stack -- up')
  })

  it('takes whole numbers only', () => {
    expect(numberOf({ N: '12' }, 'N', 1)).toBe(12)
    expect(numberOf({ N: '' }, 'N', 1)).toBe(1)
    expect(() => numberOf({ N: 'many' }, 'N', 1)).toThrow('N: not a whole number: many')
  })
})
