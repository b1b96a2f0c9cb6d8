import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { readRequest } from '../test/read-request.ts'
import type { ReceiverAnswer } from './classify.ts'
import { deliver } from './deliver.ts'
import type { Delivery } from './deliver.ts'
import { encodeLabels } from './label-bytes.ts'
import { Target } from './target.ts'
import { STATUS } from './status.ts'
import { WriteRequest } from './write-request.ts'

interface Sample {
  readonly series: string
  readonly timeMs: number
}

/** A request with a unit for each sample, its value being its index. */
function requestOf(samples: readonly Sample[]): WriteRequest {
  const request = new WriteRequest()
  const targets = new Map<string, Target>()
  samples.forEach(({ series, timeMs }, index) => {
    const target = targets.get(series) ?? new Target(encodeLabels(series, new Map()))
    targets.set(series, target)
    request.number(target, request.addUnit(0, index, target), timeMs, index)
  })
  request.settle()
  return request
}

/** A receiver that refuses certain samples, by their value, and what is not newer than the newest of its series, unless it is that one again. */
class Receiver {
  readonly stored: number[] = []
  requests = 0
  readonly #refused: ReadonlySet<number>
  readonly #keepsRest: boolean
  readonly #newest = new Map<string, { readonly timeMs: number; readonly value: number }>()

  constructor(refused: readonly number[], keepsRest: boolean) {
    this.#refused = new Set(refused)
    this.#keepsRest = keepsRest
  }

  readonly post = (body: Buffer): Promise<ReceiverAnswer> => {
    this.requests += 1
    const taken: { readonly series: string; readonly timeMs: number; readonly value: number }[] = []
    let problem = ''
    for (const { labels, samples } of readRequest(body)) {
      const series = labels[0]?.value ?? ''
      let newest = this.#newest.get(series)
      for (const { timestamp: timeMs, value } of samples) {
        if (newest?.timeMs === timeMs && newest.value === value) continue
        if (this.#refused.has(value)) problem = 'too old sample'
        else if (newest !== undefined && timeMs <= newest.timeMs) problem = 'out of order sample'
        else taken.push({ series, ...(newest = { timeMs, value }) })
      }
    }
    if (problem === '' || this.#keepsRest) {
      for (const { series, timeMs, value } of taken) {
        this.#newest.set(series, { timeMs, value })
        this.stored.push(value)
      }
    }
    return Promise.resolve({ status: problem === '' ? 204 : 400, body: problem, retryAfter: undefined })
  }
}

const send = (request: WriteRequest, receiver: Receiver, keepsRest: boolean): Promise<Delivery> =>
  deliver(request, { post: receiver.post, version: '1.0', keepsRest, maxRequests: 10_000 })
const statusesOf = (request: WriteRequest): number[] =>
  Array.from({ length: request.units }, (_, unit) => request.status(unit))
const answer = (status: number, body = '', retryAfter?: string): ReceiverAnswer => ({ status, body, retryAfter })
const sorted = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b)

describe('deliver', () => {
  it('needs one request when nothing is refused', async () => {
    const request = requestOf([0, 1, 2].map((timeMs) => ({ series: 'a', timeMs })))
    const receiver = new Receiver([], false)
    const delivery = await send(request, receiver, false)
    expect([delivery.requests, statusesOf(request)]).toEqual([1, [1, 1, 1]])
  })

  it('needs none when nothing is open', async () => {
    const request = requestOf([{ series: 'a', timeMs: 1 }])
    request.setStatus(0, STATUS.unsupported)
    expect(await send(request, new Receiver([], false), false)).toMatchObject({ requests: 0 })
    expect(request.status(0)).toBe(STATUS.unsupported)
  })

  it.each([
    ['rolls a refused request back', false],
    ['keeps the rest of a refused request', true],
  ])('finds exactly the refused samples of a receiver that %s, and stores all others once', async (_how, keepsRest) => {
    const sample = fc.record({ series: fc.constantFrom('a', 'b', 'c', 'd', 'e'), timeMs: fc.nat(40) })
    const samples = fc.uniqueArray(sample, {
      selector: ({ series, timeMs }) => `${series}@${timeMs}`,
      minLength: 1,
      maxLength: 40,
    })
    await fc.assert(
      fc.asyncProperty(samples, fc.array(fc.nat(39), { maxLength: 12 }), async (given, indices) => {
        const request = requestOf(given)
        const refused = [...new Set(indices.filter((index) => index < given.length))]
        const receiver = new Receiver(refused, keepsRest)
        const delivery = await send(request, receiver, keepsRest)
        const expected = given.map((_, index) => (refused.includes(index) ? STATUS.rejected : STATUS.delivered))
        expect(statusesOf(request)).toEqual(expected)
        expect(sorted([...delivery.refusals.keys()])).toEqual(sorted(refused))
        const others = given.map((_, index) => index).filter((index) => !refused.includes(index))
        expect(sorted(receiver.stored)).toEqual(others)
      }),
      { numRuns: 60 },
    )
  })

  it('finds one refused sample among a thousand with few requests', async () => {
    const request = requestOf(Array.from({ length: 1_000 }, (_, index) => ({ series: `s${index}`, timeMs: 5 })))
    const { requests, refusals } = await send(request, new Receiver([700], false), false)
    expect(refusals.get(700)).toEqual({ reason: 'too_old', message: 'too old sample' })
    expect(requests).toBeLessThan(25)
  })

  it('sends nothing newer once the receiver wants to be asked later', async () => {
    const request = requestOf([1, 2, 3, 4].map((timeMs) => ({ series: 'a', timeMs })))
    const answers = [answer(400, 'too old sample'), answer(204), answer(503, '', '7')]
    const bodies: number[][] = []
    const post = (body: Buffer): Promise<ReceiverAnswer> => {
      bodies.push(readRequest(body).flatMap(({ samples }) => samples.map(({ timestamp }) => timestamp)))
      return Promise.resolve(answers.shift() ?? answer(204))
    }
    const delivery = await deliver(request, { post, version: '1.0', keepsRest: false, maxRequests: 100 })
    expect(bodies).toEqual([[1, 2, 3, 4], [1, 2], [3]])
    expect(statusesOf(request)).toEqual([STATUS.delivered, STATUS.delivered, STATUS.retry, STATUS.retry])
    expect(delivery).toMatchObject({ afterMs: 7_000, retryReason: 'status_503' })
  })

  it('stops looking after so many requests and keeps what it found out', async () => {
    const request = requestOf(Array.from({ length: 64 }, (_, index) => ({ series: 'a', timeMs: index })))
    const receiver = new Receiver(
      Array.from({ length: 64 }, (_, index) => index),
      false,
    )
    const delivery = await deliver(request, { post: receiver.post, version: '1.0', keepsRest: false, maxRequests: 20 })
    const found = statusesOf(request)
    expect(receiver.requests).toBe(20)
    expect(found.filter((status) => status === STATUS.rejected).length).toBeGreaterThan(3)
    expect(new Set(found)).toEqual(new Set([STATUS.rejected, STATUS.retry]))
    expect(delivery.retryReason).toBe('many_refusals')
  })

  it('halves what is too large, and gives up on a point that is too large by itself', async () => {
    const request = requestOf([1, 2, 3].map((timeMs) => ({ series: `s${timeMs}`, timeMs })))
    const post = (body: Buffer): Promise<ReceiverAnswer> => {
      const sent = readRequest(body).map(({ labels }) => labels[0]?.value)
      return Promise.resolve(sent.includes('s2') || sent.length > 1 ? answer(413, 'too large') : answer(204))
    }
    const { refusals } = await deliver(request, { post, version: '1.0', keepsRest: false, maxRequests: 100 })
    expect(statusesOf(request)).toEqual([STATUS.delivered, STATUS.rejected, STATUS.delivered])
    expect(refusals.get(1)).toEqual({ reason: 'too_large', message: 'too large' })
  })

  it.each([
    ['duplicate sample for timestamp', 400, STATUS.alreadyPresent],
    ['native histograms are disabled', 500, STATUS.unsupported],
    ['out of bounds', 400, STATUS.rejected],
  ])('%s', async (body, status, expected) => {
    const request = requestOf([{ series: 'a', timeMs: 1 }])
    await deliver(request, {
      post: () => Promise.resolve(answer(status, body)),
      version: '1.0',
      keepsRest: false,
      maxRequests: 9,
    })
    expect(statusesOf(request)).toEqual([expected])
  })

  it('passes on that the connection is lost', async () => {
    const request = requestOf([{ series: 'a', timeMs: 1 }])
    const post = (): Promise<never> => Promise.reject(new Error('reset'))
    await expect(deliver(request, { post, version: '1.0', keepsRest: false, maxRequests: 9 })).rejects.toThrow('reset')
  })
})
