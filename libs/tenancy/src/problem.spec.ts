import { describe, expect, it } from '@jest/globals'
import { parseDuration } from './duration.ts'
import { formatPath, nearest } from './problem.ts'
import { compileRegex, regexProblem } from './relabel-regex.ts'

describe('nearest', () => {
  it('finds a misspelt word and nothing far away', () => {
    expect(nearest('Limts', ['rules', 'limits'])).toBe('limits')
    expect(nearest('colour', ['rules', 'limits'])).toBeUndefined()
  })
})

describe('formatPath', () => {
  it('writes indices in brackets', () => {
    expect(formatPath(['rules', 2, 'regex'])).toBe('rules[2].regex')
    expect(formatPath([])).toBe('')
  })
})

describe('parseDuration', () => {
  it.each([
    ['500ms', 500],
    ['90s', 90_000],
    ['1h30m', 5_400_000],
    ['1w2d', 777_600_000],
    ['', undefined],
    ['10', undefined],
    ['1.5h', undefined],
    ['-1s', undefined],
    ['99999999999999999999w', undefined],
  ])('reads %j', (text, ms) => {
    expect(parseDuration(text)).toBe(ms)
  })
})

describe('compileRegex', () => {
  it('refuses what RE2 does not have and what would escape the anchors', () => {
    expect(regexProblem('a(?=b)')).toContain('RE2')
    expect(regexProblem('a)(b')).toContain('RE2')
    expect(regexProblem('(a)|b')).toBeUndefined()
  })

  it('takes time linear in the value where a backtracking engine would hang', () => {
    expect(compileRegex('(a+)+b').test('a'.repeat(5000))).toBe(false)
  })

  it('gives groups that took no part as empty', () => {
    expect(compileRegex('(a)|(b)').match('b')?.group('1')).toBe('')
    expect(compileRegex('(a)|(b)').match('b')?.group('7')).toBe('')
    expect(compileRegex('a').match('b')).toBeUndefined()
  })
})
