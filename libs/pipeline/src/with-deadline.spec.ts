import { describe, expect, it } from '@jest/globals'
import { withDeadline } from './with-deadline.ts'

const options = (timeoutMs: number, controller = new AbortController()) => ({
  controller,
  timeoutMs,
  onTimeout: () => new Error('too late'),
})

describe('withDeadline', () => {
  it('rejects at the deadline even when the work ignores its signal', async () => {
    await expect(withDeadline(() => new Promise(() => undefined), options(5))).rejects.toThrow('too late')
  })

  it('tells the work to stop', async () => {
    let seen: AbortSignal | undefined
    const work = (signal: AbortSignal): Promise<void> => {
      seen = signal
      return new Promise(() => undefined)
    }
    await expect(withDeadline(work, options(5))).rejects.toThrow('too late')
    expect(seen?.aborted).toBe(true)
  })

  it('rejects with the reason of whoever gives up', async () => {
    const controller = new AbortController()
    const result = withDeadline(() => new Promise(() => undefined), options(10_000, controller))
    controller.abort(new Error('the assignment is void'))
    await expect(result).rejects.toThrow('the assignment is void')
  })

  it('does not wait when it was given up before', async () => {
    const controller = new AbortController()
    controller.abort(new Error('over'))
    await expect(withDeadline(() => new Promise(() => undefined), options(10_000, controller))).rejects.toThrow('over')
  })

  it('swallows what the work throws after its deadline', async () => {
    let fail: (error: Error) => void = () => undefined
    const work = (): Promise<never> => new Promise((_resolve, reject) => (fail = reject))
    await expect(withDeadline(work, options(5))).rejects.toThrow('too late')
    fail(new Error('nobody waits for this'))
    await new Promise(setImmediate)
  })

  it('gives the result and passes errors on', async () => {
    await expect(withDeadline(() => Promise.resolve(7), options(1_000))).resolves.toBe(7)
    await expect(withDeadline(() => Promise.reject(new Error('broken')), options(1_000))).rejects.toThrow('broken')
  })
})
