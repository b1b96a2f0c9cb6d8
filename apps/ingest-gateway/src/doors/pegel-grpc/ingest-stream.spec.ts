import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { tenantConfig } from '@pegel/testing'
import type { TenantConfig } from '@pegel/tenancy'
import { gatewayErrors } from '../../errors.ts'
import { expectedRefusal, grpcRows, rowOf } from '../../../test/support/grpc-rows.ts'
import { decodeIngest, encodeIngest } from '../../../test/support/ingest-proto.ts'
import type { GrpcOutcome } from '../grpc/grpc-calls.ts'
import { grpcRefusal } from '../grpc/grpc-status.ts'
import type { GrpcRefusal } from '../grpc/grpc-status.ts'
import { IngestStream } from './ingest-stream.ts'

const batch = (sequence: number, filler = 0): Buffer =>
  encodeIngest('StreamRequest', { sequence, resourceMetrics: [{ schemaUrl: 'x'.repeat(filler) }] })
const rows = grpcRows('pegel-grpc')
const ok: GrpcOutcome = { body: Buffer.alloc(0), code: 'ok' }

/** A stream whose batches are answered when the test says so. */
class Side {
  tenantNow: TenantConfig | Error = limited(10_000)
  unread = 0
  readonly events: Record<string, unknown>[] = []
  readonly taken: PromiseWithResolvers<GrpcOutcome>[] = []
  ended: { readonly refusal: GrpcRefusal | undefined } | undefined
  readonly stream: IngestStream

  constructor(limits = { maxBatches: 3, maxBytes: 5000 }) {
    this.stream = new IngestStream(
      {
        send: (event) => {
          if (this.ended !== undefined) throw new Error('sent after its end')
          this.events.push(decodeIngest('StreamResponse', event))
          return this.unread
        },
        end: (refusal) => {
          if (this.ended !== undefined) throw new Error('ended twice')
          this.ended = { refusal }
        },
        tenant: () => {
          if (this.tenantNow instanceof Error) throw this.tenantNow
          return this.tenantNow
        },
        take: () => {
          const answer = Promise.withResolvers<GrpcOutcome>()
          this.taken.push(answer)
          return answer.promise
        },
      },
      limits,
    )
    this.stream.open(limited(10_000))
  }

  async answer(index: number, outcome: GrpcOutcome = ok): Promise<void> {
    this.taken[index]?.resolve(outcome)
    await jest.advanceTimersByTimeAsync(0)
  }

  /** `ack 1`, `nack 2 reason`, `window`, `closing`. */
  get told(): readonly string[] {
    return this.events.map((event) => {
      const name = String(event.event)
      const { sequence, reason } = event[name] as { sequence?: number; reason?: string }
      return [name, sequence, reason].filter((part) => part !== undefined).join(' ')
    })
  }
}

function limited(maxRequestBytes: number): TenantConfig {
  const config = tenantConfig('acme')
  return { ...config, limits: { ...config.limits, maxRequestBytes } }
}

beforeEach(() => {
  jest.useFakeTimers()
})
afterEach(() => {
  jest.useRealTimers()
})

describe('IngestStream', () => {
  it('answers each batch once, whatever the order, and ends when all are answered', async () => {
    const side = new Side()
    for (const sequence of [3, 5, 9]) side.stream.receive(batch(sequence))
    side.stream.halfClosed()
    await side.answer(1)
    await side.answer(0, { refusal: grpcRefusal(gatewayErrors.rate_limited({ retryAfterS: 4 })), code: 'x' })
    expect(side.ended).toBeUndefined()
    await side.answer(2)
    expect(side.told).toEqual(['window', 'ack 5', 'nack 3 gateway.rate_limited', 'ack 9'])
    expect(side.events[2]).toMatchObject({ nack: { code: 8, retryDelay: { seconds: 4 } } })
    expect(side.ended).toEqual({ refusal: undefined })
  })

  it('holds the window in batches, and gives back what an answer frees', async () => {
    const side = new Side()
    for (const sequence of [1, 2, 3, 4]) side.stream.receive(batch(sequence))
    expect(side.told).toEqual(['window', 'nack 4 pegel_grpc.window_exceeded'])
    await side.answer(0)
    side.stream.receive(batch(5))
    expect(side.taken).toHaveLength(4)
  })

  it('holds the window in bytes, which is never smaller than one batch', async () => {
    const side = new Side()
    expect(side.events[0]).toMatchObject({
      window: { maxOutstandingBatches: 3, maxOutstandingBytes: 10_000, maxBatchBytes: 10_000 },
    })
    side.stream.receive(batch(1, 6000))
    side.stream.receive(batch(2, 6000))
    side.stream.receive(batch(3, 3000))
    expect(side.told).toEqual(['window', 'nack 2 pegel_grpc.window_exceeded'])
    await side.answer(0)
    await side.answer(1)
    side.stream.receive(batch(4, 9900))
    expect(side.taken).toHaveLength(3)
  })

  it('lets a batch that is too large go where such are refused, and counts it as one of the greatest', async () => {
    const side = new Side()
    side.stream.receive(batch(1, 50_000))
    expect(side.taken).toHaveLength(1)
    side.stream.receive(batch(2))
    expect(side.told.at(-1)).toBe('nack 2 pegel_grpc.window_exceeded')
    await side.answer(0, { refusal: grpcRefusal(gatewayErrors.body_too_large()), code: 'x' })
    side.stream.receive(batch(3))
    expect(side.taken).toHaveLength(2)
  })

  it('tells of a new window when the limits of the tenant change', () => {
    const side = new Side()
    side.tenantNow = limited(20_000)
    side.stream.receive(batch(1))
    expect(side.told).toEqual(['window', 'window'])
    expect(side.events[1]).toMatchObject({ window: { maxOutstandingBytes: 20_000, maxBatchBytes: 20_000 } })
  })

  it('ends when the key no longer holds, after what is outstanding', async () => {
    const side = new Side()
    side.stream.receive(batch(1))
    side.tenantNow = gatewayErrors.credential_unknown()
    side.stream.receive(batch(2))
    side.stream.receive(batch(3))
    expect(side.ended).toBeUndefined()
    await side.answer(0)
    expect(side.told).toEqual(['window', 'ack 1'])
    expect(side.ended?.refusal).toMatchObject({ code: 16, reason: 'gateway.credential_unknown' })
  })

  it.each([
    ['0', batch(0)],
    ['the same again', batch(7)],
    ['a smaller one', batch(6)],
    ['more than 2^53', Buffer.from([0x10, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1])],
    ['2^53', Buffer.from([0x10, 128, 128, 128, 128, 128, 128, 128, 16])],
  ])('ends when a sequence is %s', async (_name, message) => {
    const side = new Side()
    side.stream.receive(batch(7))
    side.stream.receive(message)
    await side.answer(0)
    expect(side.ended?.refusal).toMatchObject({ code: 3, reason: 'pegel_grpc.sequence_invalid' })
  })

  it('takes the last sequence of a message that has two, as protobuf does', async () => {
    const side = new Side()
    side.stream.receive(Buffer.concat([batch(9), batch(2)]))
    await side.answer(0)
    expect(side.told).toEqual(['window', 'ack 2'])
  })

  it('cuts a client off that does not read its answers', async () => {
    const side = new Side()
    side.stream.receive(batch(1))
    side.stream.receive(batch(2))
    side.unread = 1000
    await side.answer(0)
    expect(side.ended).toBeUndefined()
    side.unread = 1001
    await side.answer(1)
    expect(side.ended?.refusal).toMatchObject(expectedRefusal(rowOf(rows, 'more than 1000 answers unread'), 1))
    side.stream.receive(batch(3))
    side.stream.stop()
    expect(side.taken).toHaveLength(2)
  })

  it('says that it stops, refuses what comes then, and ends a second later', async () => {
    const side = new Side()
    side.stream.receive(batch(1))
    side.stream.stop()
    side.stream.stop()
    side.stream.receive(batch(2))
    await jest.advanceTimersByTimeAsync(1000)
    expect(side.ended).toBeUndefined()
    await side.answer(0)
    expect(side.told).toEqual(['window', 'closing', 'nack 2 gateway.stopping', 'ack 1'])
    expect(side.ended?.refusal).toMatchObject({ code: 14, reason: 'gateway.stopping', retryAfterS: 1 })
  })

  it('that stops ends at once, and well, for a client that has no more to send', () => {
    const side = new Side()
    side.stream.stop()
    side.stream.halfClosed()
    expect(side.ended).toEqual({ refusal: undefined })
    jest.advanceTimersByTime(5000)
  })

  it('whose client is gone says no more', async () => {
    const side = new Side()
    side.stream.receive(batch(1))
    side.stream.gone()
    await side.answer(0)
    side.stream.stop()
    jest.advanceTimersByTime(5000)
    expect(side.told).toEqual(['window'])
    expect(side.ended).toBeUndefined()
  })
})

it('passes a refusal on as a nack that says when to come back', async () => {
  const side = new Side()
  side.stream.receive(batch(1))
  await side.answer(0, { refusal: grpcRefusal(gatewayErrors.overloaded({ retryAfterS: 1 })), code: 'x' })
  const { code, reason } = expectedRefusal(
    rowOf(rows, 'more bytes than `PEGEL_MAX_BODY_BYTES_IN_FLIGHT` in all calls'),
    1,
  )
  expect(side.events[1]).toMatchObject({ nack: { code, reason, retryDelay: { seconds: 1 } } })
})
