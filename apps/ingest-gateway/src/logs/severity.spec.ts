import { describe, expect, it } from '@jest/globals'
import { severityOf } from './severity.ts'

describe('severityOf', () => {
  it.each([
    [1, 'trace'],
    [4, 'trace'],
    [5, 'debug'],
    [9, 'info'],
    [12, 'info'],
    [13, 'warn'],
    [17, 'error'],
    [21, 'fatal'],
    [24, 'fatal'],
  ])('calls the number %d %s, whatever the text', (number, level) => {
    expect(severityOf(number, 'whatever')).toEqual({ level, number })
  })

  it.each([
    ['ERROR', 'error', 17],
    [' Warning ', 'warn', 13],
    ['critical', 'fatal', 21],
    ['notice', 'info', 9],
    ['trace', 'trace', 1],
    ['Audit', 'audit', 0],
    ['', '', 0],
    ['constructor', 'constructor', 0],
  ])('reads the text %j as %s', (text, level, number) => {
    expect(severityOf(0, text)).toEqual({ level, number })
  })

  it.each([-1, 25, 2 ** 31 - 1, Number.NaN])('takes the number %d for none', (number) => {
    expect(severityOf(number, 'info')).toEqual({ level: 'info', number: 9 })
  })
})
