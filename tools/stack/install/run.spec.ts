import { describe, expect, it } from '@jest/globals'
import { reasonOf } from '../errors.ts'
import { CommandFailed } from './run.ts'

describe('CommandFailed', () => {
  it.each([
    [
      '[INFO] x\n[ERROR] no such artefact\n[ERROR] see the manual\n',
      'mvn ended with exit code 1: [ERROR] no such artefact',
    ],
    ['one\nlast words\n', 'mvn ended with exit code 1: last words'],
    ['', 'mvn ended with exit code 1'],
  ])('quotes the line that tells most (%j)', (output, message) => {
    expect(new CommandFailed('mvn', 'exit code 1', output).message).toBe(message)
  })
})

describe('reasonOf', () => {
  it('looks into fetch failures and collected errors', () => {
    const refused = new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') })
    expect(reasonOf(new AggregateError([refused, new Error('b')]))).toBe('ECONNREFUSED; b')
    expect(reasonOf('text')).toBe('text')
  })
})
