import { Metadata } from '@grpc/grpc-js'
import { describe, expect, it } from '@jest/globals'
import { createLogger, createMetrics, NO_TRACING } from '@pegel/telemetry'
import { DEFAULT_LIMITS } from '@pegel/tenancy'
import { fakeTenants, tenantConfig } from '@pegel/testing'
import { gatewayErrors } from '../../errors.ts'
import { ByteBudget } from '../../ingest/byte-budget.ts'
import { GatewayMetrics } from '../../ingest/gateway-metrics.ts'
import { GrpcCalls } from './grpc-calls.ts'
import type { GrpcEndpoint, GrpcOutcome } from './grpc-calls.ts'

const BYTES = 100_000
const tenant = tenantConfig('acme', { limits: { ...DEFAULT_LIMITS, maxRequestBytes: BYTES } })

/** Gives a message to an endpoint. @returns what became of it, what the message holds then, and what the budget still holds */
async function taken(take: GrpcEndpoint['take'], { bytes = BYTES, budgetBytes = BYTES } = {}) {
  const budget = new ByteBudget(budgetBytes)
  const calls = new GrpcCalls({
    ...{ budget, tenants: fakeTenants([tenant]), security: { refused: () => undefined }, tracing: NO_TRACING },
    metrics: new GatewayMetrics(createMetrics({ service: 'test', defaults: false })),
    log: createLogger({ service: 'test', level: 'silent' }),
    now: () => 0,
  })
  const body = Buffer.concat([Buffer.alloc(5), Buffer.alloc(bytes, 7)]).subarray(5)
  const delivery = { tenant, receivedAtMs: 0, body, path: '/a.B/C', metadata: new Metadata() }
  const outcome = await calls.take({ door: 'test', meanings: new Map(), take }, delivery)
  return { code: codeOf(outcome), left: body.length, used: budget.used }
}

function codeOf({ code }: GrpcOutcome): string {
  return code
}

describe('a message', () => {
  it('is there, and counted, for as long as it is worked on, and then no longer', async () => {
    let seen = 0
    const answer = await taken(async ({ body }) => {
      await Promise.resolve()
      seen = body.filter((byte) => byte === 7).length
      return { body: Buffer.alloc(0), code: 'ok' }
    })
    expect(seen).toBe(BYTES)
    expect(answer).toEqual({ code: 'ok', left: 0, used: 0 })
  })

  it.each([
    ['is refused', gatewayErrors.stopping({ retryAfterS: 1 }), 'gateway.stopping'],
    ['meets a bug', new TypeError('bug'), expect.any(String)],
  ])('is freed, and its budget given back, when it %s', async (_how, error, code) => {
    expect(await taken(() => Promise.reject(error))).toEqual({ code, left: 0, used: 0 })
  })

  it.each([
    ['is larger than its tenant may send', { bytes: BYTES + 1 }, 'gateway.body_too_large'],
    ['finds no room', { budgetBytes: BYTES - 1 }, 'gateway.overloaded'],
  ])('takes nothing of the budget when it %s', async (_why, sizes, code) => {
    const never = (): Promise<never> => Promise.reject(new Error('it was given to the endpoint'))
    expect(await taken(never, sizes)).toMatchObject({ code, used: 0 })
  })
})
