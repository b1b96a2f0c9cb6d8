import { describe, expect, it } from '@jest/globals'
import { gatewayErrors } from '../../errors.ts'
import { errorAnswer, linesAnswer } from './answers.ts'

const rejectedLine = (line: number) => ({ line, code: 'invalid_line' as const, message: 'no' })
const read = (body: Buffer): unknown => JSON.parse(body.toString())

describe('linesAnswer', () => {
  it('says what was taken', () => {
    const { status, code, body } = linesAnswer({ received: 2, accepted: 2, refused: [] }, [])
    expect([status, code, read(body)]).toEqual([200, 'ok', { received: 2, accepted: 2, refused: 0, rejected: [] }])
  })

  it('names the lines that were not', () => {
    const { status, code, body } = linesAnswer({ received: 2, accepted: 1, refused: [] }, [rejectedLine(2)])
    expect([status, code]).toEqual([200, 'partial'])
    expect(read(body)).toEqual({ received: 2, accepted: 1, refused: 1, rejected: [rejectedLine(2)] })
  })

  it('names a hundred of them at most', () => {
    const rejected = Array.from({ length: 500 }, (_, index) => rejectedLine(index))
    const { body } = linesAnswer({ received: 501, accepted: 1, refused: [] }, rejected)
    expect(read(body)).toMatchObject({ refused: 500, rejected: { length: 100 } })
  })

  it('is an error when nothing was taken, though not when nothing was sent', () => {
    const none = linesAnswer({ received: 1, accepted: 0, refused: [] }, [rejectedLine(1)])
    expect(none).toMatchObject({ status: 400, code: 'logs.nothing_accepted' })
    expect(read(none.body)).toMatchObject({ code: 'logs.nothing_accepted', accepted: 0, rejected: [rejectedLine(1)] })
    expect(linesAnswer({ received: 0, accepted: 0, refused: [] }, [])).toMatchObject({ status: 200, code: 'ok' })
  })
})

describe('errorAnswer', () => {
  it('has a code, a message and when to come again', () => {
    const thrown = gatewayErrors.logs_rate_limited({ tenant: 'acme', logEventsPerSecond: 5, retryAfterS: 3 })
    const { status, headers, body } = errorAnswer(thrown)
    expect(status).toBe(429)
    expect(headers).toMatchObject({ 'retry-after': '3', 'content-type': 'application/json; charset=utf-8' })
    expect(read(body)).toEqual({ code: thrown.code, message: thrown.message })
  })

  it('tells nothing of a bug', () => {
    const { status, body } = errorAnswer(new Error('secret'))
    expect(status).toBe(500)
    expect(body.toString()).not.toContain('secret')
  })
})
