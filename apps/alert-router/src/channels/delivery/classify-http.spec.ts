import { describe, expect, it } from '@jest/globals'
import { alertChannelErrors } from '../errors.ts'
import { classifyHttp, classifyThrown, retryAfterMs } from './classify-http.ts'

const answer = (status: number, retryAfter?: string) => ({ status, text: 'why', retryAfter })

describe('classifyHttp', () => {
  it.each([200, 201, 202, 204])('%d is sent', (status) => {
    expect(classifyHttp(answer(status), 0)).toEqual({ status: 'sent' })
  })

  it.each([301, 302, 307, 308, 400, 401, 403, 404, 405, 410, 413, 422])('%d fails for good', (status) => {
    expect(classifyHttp(answer(status), 0)).toEqual({ status: 'failed', reason: `status ${status}: why` })
  })

  it.each([408, 425, 429, 500, 502, 503, 504])('%d may pass', (status) => {
    expect(classifyHttp(answer(status), 0)).toMatchObject({ status: 'retryable' })
    expect(classifyHttp(answer(status, '7'), 0)).toMatchObject({ status: 'retryable', afterMs: 7000 })
  })
})

describe('retryAfterMs', () => {
  it('reads seconds and dates, an hour at most', () => {
    expect(retryAfterMs('0', 0)).toBe(0)
    expect(retryAfterMs('Thu, 01 Jan 1970 00:00:30 GMT', 10_000)).toBe(20_000)
    expect(retryAfterMs('Thu, 01 Jan 1970 00:00:30 GMT', 60_000)).toBe(0)
    expect(retryAfterMs('99999999', 0)).toBe(3_600_000)
    expect(retryAfterMs('soon', 0)).toBeUndefined()
    expect(retryAfterMs(undefined, 0)).toBeUndefined()
  })
})

describe('classifyThrown', () => {
  it('tries again after a lost connection, and not what we refused ourselves', () => {
    expect(classifyThrown(new Error('ECONNREFUSED'))).toEqual({ status: 'retryable', reason: 'ECONNREFUSED' })
    const refused = alertChannelErrors.address_refused({ host: 'a' })
    expect(classifyThrown(refused).status).toBe('failed')
    expect(classifyThrown(new Error('connect', { cause: refused })).status).toBe('failed')
  })
})
