import { describe, expect, it } from '@jest/globals'
import { Health } from './health.ts'

const tookMs = expect.any(Number)

describe('Health', () => {
  it('says what a start waits for', async () => {
    const health = new Health()
    health.waitFor('reach Kafka')
    expect(await health.ask()).toEqual({ status: 'starting', waitingFor: 'reach Kafka', checks: {} })
  })

  it('names each check and what is wrong', async () => {
    const health = new Health()
    health.running({ a: () => Promise.resolve(), b: () => Promise.reject(new Error('lost')) })
    expect(await health.ask()).toEqual({
      status: 'not_ready',
      checks: { a: { status: 'ok', tookMs }, b: { status: 'failed', tookMs, problem: 'lost' } },
    })
  })

  it('does not wait longer than the timeout for a check, and tells it to stop', async () => {
    const health = new Health(5)
    const signals: AbortSignal[] = []
    health.running({
      deaf: (signal) => {
        signals.push(signal)
        return new Promise(() => undefined)
      },
    })
    expect(await health.ask()).toMatchObject({
      checks: { deaf: { status: 'failed', problem: 'no answer within 5 ms' } },
    })
    expect(signals[0]?.aborted).toBe(true)
  })

  it('stays stopping once it stops', async () => {
    const health = new Health()
    health.stopping()
    health.running({})
    expect(await health.ask()).toEqual({ status: 'stopping', checks: {} })
  })
})
