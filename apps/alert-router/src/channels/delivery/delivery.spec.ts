import { describe, expect, it } from '@jest/globals'
import { MemoryChannel } from '../memory-channel.ts'
import type { SendResult } from '../channel.ts'
import { sampleNotification } from '../sample-notification.ts'
import { digested } from './digest.ts'
import { limited } from './limited.ts'
import { retried } from './retried.ts'
import { withFallback } from './with-fallback.ts'

const { signal } = new AbortController()
const BUSY: SendResult = { status: 'retryable', reason: 'busy' }
const WRONG: SendResult = { status: 'failed', reason: 'wrong' }
const one = sampleNotification()

function memory(...answers: SendResult[]): MemoryChannel {
  const channel = new MemoryChannel()
  channel.answers.push(...answers)
  return channel
}

describe('retried', () => {
  const waits: number[] = []
  const options = {
    attempts: 3,
    firstWaitMs: 100,
    random: () => 0.5,
    wait: (ms: number) => Promise.resolve(void waits.push(ms)),
  }

  it('waits longer each time, and as long as it is asked to', async () => {
    const channel = memory(BUSY, { ...BUSY, afterMs: 7 }, BUSY)
    expect(await retried(channel, options).send(one, signal)).toEqual(BUSY)
    expect([channel.sent.length, waits]).toEqual([3, [100, 7]])
  })

  it('leaves a long wait to the router, and does not repeat what will never be taken', async () => {
    const later = memory({ ...BUSY, afterMs: 60_000 })
    expect(await retried(later, options).send(one, signal)).toEqual({ ...BUSY, afterMs: 60_000 })
    const wrong = memory(WRONG)
    expect(await retried(wrong, options).send(one, signal)).toEqual(WRONG)
    expect([later.sent.length, wrong.sent.length]).toEqual([1, 1])
  })
})

describe('withFallback', () => {
  it('uses the other channel when the first one cannot, without its thread and address', async () => {
    const other = memory()
    const channel = withFallback(memory(WRONG), { name: 'mail', channel: () => other })
    expect(await channel.send(sampleNotification({ to: 'C1', updateOf: 'C1:1' }), signal)).toEqual({
      status: 'sent',
      via: 'mail',
    })
    expect(other.sent[0]).not.toHaveProperty('to')
    expect(other.sent[0]).not.toHaveProperty('updateOf')
  })

  it('tells what the first one said when none can', async () => {
    const send = (first: SendResult, second: SendResult): Promise<SendResult> =>
      withFallback(memory(first), { name: 'mail', channel: () => memory(second) }).send(one, signal)
    expect(await send({ ...WRONG, reason: 'no such channel' }, WRONG)).toMatchObject({ reason: 'no such channel' })
    expect(await send(BUSY, WRONG)).toEqual(BUSY)
  })

  it('is kept for later while the other one may come back', async () => {
    const channel = withFallback(memory(WRONG), { name: 'mail', channel: () => memory(BUSY) })
    expect(await channel.send(one, signal)).toEqual(BUSY)
  })

  it('is not asked while the first one works', async () => {
    const other = memory()
    expect(await withFallback(memory(), { name: 'mail', channel: () => other }).send(one, signal)).toMatchObject({
      ref: 'ref-1',
    })
    expect(other.sent).toEqual([])
  })
})

describe('limited', () => {
  it('lets a burst through, then one after the other, in order', async () => {
    const waits: number[] = []
    const wait = (ms: number): Promise<void> => Promise.resolve(void waits.push(ms))
    const channel = limited(memory(), { perMinute: 20, clock: () => 0, wait })
    for (let sent = 0; sent < 4; sent += 1) await channel.send(one, signal)
    expect(waits).toEqual([3000, 6000])
  })

  it('sends nothing for whoever gave up while it waited', async () => {
    const inner = memory()
    const giveUp = new AbortController()
    const wait = (): Promise<void> => {
      giveUp.abort()
      return Promise.resolve()
    }
    const channel = limited(inner, { perMinute: 1, clock: () => 0, wait })
    await channel.send(one, signal)
    expect(await channel.send(one, giveUp.signal)).toMatchObject({ status: 'retryable' })
    expect(inner.sent).toHaveLength(1)
  })
})

describe('digested', () => {
  it('makes one message of what comes for one address, and tells each sender', async () => {
    const inner = memory()
    const channel = digested(inner, 60_000)
    const sends = ['a', 'b'].map((key) => channel.send(sampleNotification({ idempotencyKey: key }), signal))
    const elsewhere = channel.send(sampleNotification({ to: 'other' }), signal)
    await channel.close?.()
    // The shared message is no group's own: to change it when one is resolved would say so of the other.
    expect(await Promise.all([...sends, elsewhere])).toEqual([
      { status: 'sent' },
      { status: 'sent' },
      { status: 'sent', ref: 'ref-2' },
    ])
    expect(inner.sent.map(({ to, alerts }) => [to, alerts.length])).toEqual([
      [undefined, 2],
      ['other', 1],
    ])
    expect(inner.sent[0]?.links).toEqual({})
  })

  it('leaves out whoever gave up', async () => {
    const inner = memory()
    const channel = digested(inner, 60_000)
    const gone = new AbortController()
    const result = channel.send(one, gone.signal)
    gone.abort()
    await channel.close?.()
    expect([await result, inner.sent]).toEqual([{ status: 'retryable', reason: 'aborted' }, []])
  })

  it('ends only when all have given up', async () => {
    let aborted: boolean | undefined
    const inner = {
      async send(_: unknown, given: AbortSignal): Promise<SendResult> {
        await new Promise((done) => {
          given.addEventListener('abort', done)
        })
        aborted = given.aborted
        return { status: 'retryable', reason: 'aborted' }
      },
    }
    const channel = digested(inner, 60_000)
    const [first, second] = [new AbortController(), new AbortController()]
    const sends = [first, second].map((each) => channel.send(one, each.signal))
    const closed = channel.close?.()
    first.abort()
    expect(aborted).toBeUndefined()
    second.abort()
    expect(await Promise.all(sends)).toMatchObject([{ status: 'retryable' }, { status: 'retryable' }])
    await closed
    expect(aborted).toBe(true)
  })

  it('sends at once when so many wait', async () => {
    const inner = memory()
    const channel = digested(inner, 60_000)
    await Promise.all(Array.from({ length: 50 }, () => channel.send(one, signal)))
    expect(inner.sent).toHaveLength(1)
  })
})
