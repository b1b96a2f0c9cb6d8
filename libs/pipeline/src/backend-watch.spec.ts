import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { BackendWatch } from './backend-watch.ts'

const log = { debug: jest.fn(), info: jest.fn(), warn: jest.fn(), error: jest.fn(), child: () => log }
const limits = { checkTimeoutMs: 1_000, retryBaseMs: 100, retryMaxMs: 1_000 }

function watchOf(
  check: (signal: AbortSignal) => Promise<void>,
  within = limits,
): { watch: BackendWatch; changes: boolean[] } {
  const changes: boolean[] = []
  return { watch: new BackendWatch({ check, limits: within, log, onChange: (up) => changes.push(up) }), changes }
}

describe('BackendWatch', () => {
  beforeEach(() => {
    jest.useFakeTimers()
    jest.clearAllMocks()
  })
  afterEach(() => {
    jest.useRealTimers()
    jest.restoreAllMocks()
  })

  it('says nothing as long as the check passes', async () => {
    const { watch, changes } = watchOf(() => Promise.resolve())
    expect(await watch.verify()).toBe(true)
    expect(changes).toEqual([])
    expect(log.error).not.toHaveBeenCalled()
  })

  it('reports a backend that is down once, asks until it is up, and reports that once', async () => {
    let down = true
    let checks = 0
    const { watch, changes } = watchOf(() => {
      checks += 1
      return down ? Promise.reject(new Error('refused')) : Promise.resolve()
    })
    expect(await watch.verify()).toBe(false)
    expect(await watch.verify()).toBe(false)
    expect(checks).toBe(1)
    await jest.advanceTimersByTimeAsync(10_000)
    expect(checks).toBeGreaterThan(5)
    expect(changes).toEqual([false])
    down = false
    await jest.advanceTimersByTimeAsync(3_000)
    expect([changes, watch.up]).toEqual([[false, true], true])
    expect(log.error).toHaveBeenCalledTimes(1)
    expect(log.info).toHaveBeenCalledTimes(1)
    const before = checks
    await jest.advanceTimersByTimeAsync(60_000)
    expect(checks).toBe(before)
  })

  it('notices within two seconds that a backend is up, though it was down for an hour', async () => {
    let down = true
    const check = (): Promise<void> => (down ? Promise.reject(new Error('refused')) : Promise.resolve())
    const { watch } = watchOf(check, { ...limits, retryBaseMs: 250, retryMaxMs: 30_000 })
    // Full jitter at its worst.
    jest.spyOn(Math, 'random').mockReturnValue(0.999)
    await watch.verify()
    await jest.advanceTimersByTimeAsync(3_600_000)
    down = false
    await jest.advanceTimersByTimeAsync(2000)
    expect(watch.up).toBe(true)
  })

  it('asks once for all who ask at the same time', async () => {
    let checks = 0
    const { watch } = watchOf(() => {
      checks += 1
      return Promise.resolve()
    })
    await Promise.all([watch.verify(), watch.verify(), watch.verify()])
    expect(checks).toBe(1)
  })

  it('takes a check that never answers for a failed one', async () => {
    const { watch, changes } = watchOf(() => new Promise(() => undefined))
    const verified = watch.verify()
    await jest.advanceTimersByTimeAsync(1_000)
    expect(await verified).toBe(false)
    expect(changes).toEqual([false])
  })

  it('asks no more once it is closed', async () => {
    let checks = 0
    const { watch, changes } = watchOf(() => {
      checks += 1
      return Promise.reject(new Error('refused'))
    })
    await watch.verify()
    watch.close()
    await jest.advanceTimersByTimeAsync(60_000)
    expect(checks).toBe(1)
    expect(changes).toEqual([false])
  })
})
