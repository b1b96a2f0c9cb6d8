import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { createLogger } from '@pegel/telemetry'
import { GrpcHealth } from './grpc-health.ts'

interface Check {
  check(
    call: { readonly request: { readonly service: string } },
    answer: (error: unknown, value?: unknown) => void,
  ): void
}

beforeEach(() => {
  jest.useFakeTimers()
})
afterEach(() => {
  jest.useRealTimers()
})

describe('GrpcHealth', () => {
  const answers: (() => Promise<void>)[] = []
  const make = (): { health: GrpcHealth; ask: (service?: string) => unknown } => {
    const log = createLogger({ service: 'test', level: 'silent' })
    const ready = (): Promise<void> => (answers.shift() ?? (() => Promise.resolve()))()
    const health = new GrpcHealth({ services: ['a.B'], ready, log, intervalMs: 1000 })
    let service: Check | undefined
    health.addTo({
      addService: (_definition, implementation) => {
        service = implementation as unknown as Check
      },
    })
    const ask = (name = ''): unknown => {
      let said: unknown
      service?.check({ request: { service: name } }, (error, value) => (said = error ?? value))
      return said
    }
    return { health, ask }
  }

  it('serves while the gateway can work, for each service and for all', async () => {
    const { health, ask } = make()
    expect(ask()).toEqual({ status: 'NOT_SERVING' })
    await health.start()
    expect([ask(), ask('a.B')]).toEqual([{ status: 'SERVING' }, { status: 'SERVING' }])
    expect(ask('other')).toMatchObject({ code: 5 })
    answers.push(() => Promise.reject(new Error('Kafka is away')))
    await jest.advanceTimersByTimeAsync(1000)
    expect([ask(), ask('a.B')]).toEqual([{ status: 'NOT_SERVING' }, { status: 'NOT_SERVING' }])
    await jest.advanceTimersByTimeAsync(1000)
    expect(ask()).toEqual({ status: 'SERVING' })
    health.stop()
  })

  it('does not serve again once it stops, even when an answer comes late', async () => {
    const { health, ask } = make()
    await health.start()
    const late = Promise.withResolvers<undefined>()
    answers.push(() => late.promise)
    await jest.advanceTimersByTimeAsync(1000)
    health.stop()
    late.resolve(undefined)
    await jest.advanceTimersByTimeAsync(5000)
    expect(ask()).toEqual({ status: 'NOT_SERVING' })
  })
})
