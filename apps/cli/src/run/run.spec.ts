import { linkSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { brokersOf, numberOf } from '../context.ts'
import { parseListening } from './listening.ts'
import { RunStateFile } from './state.ts'

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

describe('RunStateFile', () => {
  it('is written anew and put in its place, so that who reads it meanwhile has the one before, whole', () => {
    const dir = mkdtempSync(join(tmpdir(), 'pegel-run-'))
    const read = (name: string): unknown => JSON.parse(readFileSync(join(dir, name), 'utf8'))
    const state = new RunStateFile(join(dir, 'run.json'), ['one'])
    linkSync(join(dir, 'run.json'), join(dir, 'before.json'))
    state.listening('one', { pid: 7, adminPort: 9464 })
    expect(read('before.json')).toEqual({ pid: process.pid, services: { one: {} } })
    expect(read('run.json')).toEqual({ pid: process.pid, services: { one: { pid: 7, adminPort: 9464 } } })
    state.remove()
    expect(readdirSync(dir)).toEqual(['before.json'])
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
