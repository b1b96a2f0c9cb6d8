import { describe, expect, it } from '@jest/globals'
import { defineErrors, isRetryable, messageOf, PegelError } from './define-errors.ts'

const errors = defineErrors('demo', {
  lost: { retryable: true, text: 'Nothing answered within {timeoutMs} ms; check {setting}.' },
  bad: { retryable: false, text: 'Not valid.' },
})

describe('defineErrors', () => {
  it('fills placeholders and keeps those it was given nothing for', () => {
    expect(errors.lost({ timeoutMs: 5 }).message).toBe('Nothing answered within 5 ms; check {setting}.')
  })

  it('gives each error its area and key as an immutable code', () => {
    expect(errors.lost.code).toBe('demo.lost')
    expect(errors.bad().code).toBe('demo.bad')
    expect(() => Object.assign(errors, { bad: undefined })).toThrow(TypeError)
  })

  it('keeps the cause and says whether to retry', () => {
    const cause = new Error('socket closed')
    const error = errors.lost({ timeoutMs: 1, setting: 'X' }, cause)
    expect(error).toBeInstanceOf(PegelError)
    expect(error.cause).toBe(cause)
    expect(isRetryable(error)).toBe(true)
    expect(isRetryable(errors.bad())).toBe(false)
    expect(isRetryable(new Error('unknown'))).toBe(false)
  })

  it('makes one line of anything thrown', () => {
    expect(messageOf(new Error('a'))).toBe('a')
    expect(messageOf('b')).toBe('b')
  })

  it('knows an error of its shape that a library below threw', () => {
    const other = Object.assign(new Error('x'), {
      name: 'PegelError',
      code: 'other.lost',
      retryable: true,
      details: {},
    })
    expect(other).toBeInstanceOf(PegelError)
    expect(isRetryable(other)).toBe(true)
    expect(isRetryable(Object.assign(new Error('x'), { retryable: true }))).toBe(false)
    expect({ name: 'PegelError' }).not.toBeInstanceOf(PegelError)
  })
})
