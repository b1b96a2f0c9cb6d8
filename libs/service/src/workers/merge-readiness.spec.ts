import { describe, expect, it } from '@jest/globals'
import type { CheckResult, Readiness } from '../health.ts'
import { mergeReadiness } from './merge-readiness.ts'

const ok = (tookMs: number): CheckResult => ({ status: 'ok', tookMs })
const failed = (tookMs: number): CheckResult => ({ status: 'failed', tookMs, problem: 'no broker' })
const starting: Readiness = { status: 'starting', waitingFor: 'reach Kafka', checks: {} }
const ready = (...kafka: readonly number[]): Readiness => ({ status: 'ready', checks: { kafka: ok(kafka[0] ?? 1) } })
const unready = (tookMs: number): Readiness => ({ status: 'not_ready', checks: { kafka: failed(tookMs) } })

function merged(...parts: readonly Readiness[]): Readiness {
  return mergeReadiness(new Map(parts.map((part, index) => [index + 1, part])))
}

describe('the readiness of workers', () => {
  it('is that of starting as long as none has begun', () => {
    expect(merged()).toEqual({ status: 'starting', waitingFor: 'workers', checks: {} })
    expect(merged(starting, starting)).toEqual(starting)
    expect(merged({ status: 'stopping', checks: {} })).toEqual({ status: 'stopping', checks: {} })
  })

  it('is ready with those that work, with the slowest answer to each check', () => {
    expect(merged(ready(3), ready(7), ready(5))).toEqual(ready(7))
    expect(merged(starting, ready(3))).toEqual(ready(3))
  })

  it('is not ready with one that is not, and says which one', () => {
    const kafka = { status: 'failed', tookMs: 2, problem: 'worker 2: no broker' }
    expect(merged(ready(9), unready(2), ready(4))).toEqual({ status: 'not_ready', checks: { kafka } })
    expect(merged(unready(1), unready(2), ready(9)).checks.kafka).toEqual(kafka)
  })
})
