import { describe, expect, it } from '@jest/globals'
import { PegelError } from '@pegel/errors'
import protobuf from 'protobufjs'
import { gatewayErrors } from '../../errors.ts'
import { otlpErrors } from '../../otlp/index.ts'
import { errorAnswer, successAnswer } from './answers.ts'

const { root } = protobuf.parse(`
  syntax = "proto3";
  message Any { string type_url = 1; bytes value = 2; }
  message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
  message ErrorInfo { string reason = 1; string domain = 2; }
  message Duration { int64 seconds = 1; }
  message RetryInfo { Duration retry_delay = 1; }
  message PartialSuccess { int64 rejected_data_points = 1; string error_message = 2; }
  message Response { PartialSuccess partial_success = 1; }
`)
function decode(type: string, bytes: Uint8Array): Record<string, unknown> {
  const message = root.lookupType(type)
  return message.toObject(message.decode(bytes), { longs: Number })
}

const details = { retryAfterS: 7, tenant: 'acme' }
const everyError = [...Object.values(gatewayErrors), ...Object.values(otlpErrors)].map(
  (make) => [make.code, make] as const,
)

describe('errorAnswer', () => {
  it.each(everyError)('has a status for %s and says whether to come back', (code, make) => {
    const error = make(details)
    const answer = errorAnswer(error, 'json')
    expect(answer.code).toBe(code)
    expect([429, 503].includes(answer.status)).toBe(error.retryable)
    expect(answer.status === 500).toBe(code === gatewayErrors.internal.code)
  })

  it('is a google.rpc.Status in protobuf, with reason and delay', () => {
    const answer = errorAnswer(gatewayErrors.rate_limited(details), 'protobuf')
    expect(answer).toMatchObject({
      status: 429,
      headers: { 'retry-after': '7', 'content-type': 'application/x-protobuf' },
    })
    const status = decode('Status', answer.body)
    expect(status).toMatchObject({ code: 8, message: expect.stringContaining('(gateway.rate_limited)') })
    const [info, retry] = status.details as { typeUrl: string; value: Buffer }[]
    expect(info?.typeUrl).toBe('type.googleapis.com/google.rpc.ErrorInfo')
    expect(decode('ErrorInfo', info?.value ?? Buffer.alloc(0))).toEqual({
      reason: 'gateway.rate_limited',
      domain: 'pegel',
    })
    expect(retry?.typeUrl).toBe('type.googleapis.com/google.rpc.RetryInfo')
    expect(decode('RetryInfo', retry?.value ?? Buffer.alloc(0))).toEqual({ retryDelay: { seconds: 7 } })
  })

  it('has no delay where waiting does not help', () => {
    const answer = errorAnswer(gatewayErrors.tenant_forbidden({ tenant: 'acme' }), 'protobuf')
    expect(answer.headers).not.toHaveProperty('retry-after')
    expect((decode('Status', answer.body).details as unknown[]).length).toBe(1)
  })

  it.each([
    new Error('secret detail'),
    new PegelError('other.code', { retryable: false, text: 'secret detail' }),
    'secret detail',
  ])('does not show what it does not know: %s', (thrown) => {
    const answer = errorAnswer(thrown, 'json')
    expect(answer.status).toBe(500)
    expect(answer.body.toString()).not.toContain('secret')
  })
})

describe('successAnswer', () => {
  const whole = { received: 3, accepted: 3, refused: [] }
  const partial = { received: 300, accepted: 1, refused: [{ reason: 'max_point_age', count: 299 }] }

  it('is empty when everything was taken', () => {
    expect(successAnswer(whole, 'protobuf')).toMatchObject({ status: 200, code: 'ok', body: Buffer.alloc(0) })
    expect(successAnswer(whole, 'json').body.toString()).toBe('{}')
  })

  it('says how many were refused, why and what to change', () => {
    const message = '299 of 300 points refused: 299 max_point_age (older than limits.max_point_age)'
    expect(decode('Response', successAnswer(partial, 'protobuf').body)).toEqual({
      partialSuccess: { rejectedDataPoints: 299, errorMessage: message },
    })
    expect(JSON.parse(successAnswer(partial, 'json').body.toString())).toEqual({
      partialSuccess: { rejectedDataPoints: '299', errorMessage: message },
    })
    expect(successAnswer(partial, 'json').code).toBe('partial')
  })
})
