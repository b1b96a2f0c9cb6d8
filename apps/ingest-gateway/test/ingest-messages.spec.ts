import { describe, expect, it } from '@jest/globals'
import { PegelError } from '@pegel/errors'
import { DEFAULT_LIMITS } from '@pegel/tenancy'
import fc from 'fast-check'
import { grpcRefusal } from '../src/doors/grpc/grpc-status.ts'
import {
  ackEvent,
  closingEvent,
  exportResponse,
  nackEvent,
  sequenceOf,
  windowEvent,
} from '../src/doors/pegel-grpc/messages.ts'
import { gatewayErrors } from '../src/errors.ts'
import { RequestPoints } from '../src/ingest/request-points.ts'
import type { RequestOutcome } from '../src/ingest/request-points.ts'
import { decodeOtlpProtobuf, otlpErrors } from '../src/otlp/index.ts'
import { LabelCache } from '../src/otlp/protobuf/label-cache.ts'
import { arbitraryRequest } from './otlp/arbitrary-request.ts'
import { encodeRequest } from './otlp/otlp-oracle.ts'
import { decodeIngest, encodeIngest } from './support/ingest-proto.ts'

const runs = { numRuns: 300, endOnFailure: true }
const sequence = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })
const limits = { ...DEFAULT_LIMITS, maxPointAgeMs: 1e15, maxPointFutureMs: 1e15 }

function pointsOf(bytes: Buffer): RequestOutcome {
  const points = new RequestPoints({ limits, receivedAtMs: 0 })
  decodeOtlpProtobuf(bytes, points, new LabelCache(limits))
  return points.finish()
}

/** The result, or undefined for a clean refusal; any other exception is a failure of the test. */
function cleanly<T>(use: () => T): T | undefined {
  try {
    return use()
  } catch (error) {
    if (error instanceof PegelError && error.code === otlpErrors.malformed.code) return undefined
    throw error
  }
}

describe('a StreamRequest', () => {
  it('is the points of OTLP with a sequence, wherever it stands', () => {
    fc.assert(
      fc.property(arbitraryRequest, sequence, fc.boolean(), (request, number, first) => {
        const otlp = encodeRequest(request)
        const tail = encodeIngest('StreamRequest', { sequence: number })
        const bytes = Buffer.concat(first ? [tail, otlp] : [otlp, tail])
        expect(sequenceOf(bytes)).toBe(number)
        expect(pointsOf(bytes)).toEqual(pointsOf(otlp))
        expect(decodeIngest('StreamRequest', bytes).sequence).toBe(number)
      }),
      runs,
    )
  })

  it('that was changed or cut gives the sequence that the library reads, or a clean refusal', () => {
    const change = fc.record({ at: fc.nat(), to: fc.nat({ max: 255 }) })
    fc.assert(
      fc.property(
        arbitraryRequest,
        sequence,
        fc.array(change, { maxLength: 3 }),
        fc.nat(),
        (request, number, changes, cut) => {
          const whole = Buffer.concat([encodeRequest(request), encodeIngest('StreamRequest', { sequence: number })])
          for (const { at, to } of changes) whole[at % whole.length] = to
          const bytes = whole.subarray(0, whole.length - (cut % 3))
          const mine = cleanly(() => sequenceOf(bytes))
          cleanly(() => pointsOf(bytes))
          let theirs: unknown
          try {
            theirs = decodeIngest('StreamRequest', bytes).sequence ?? 0
          } catch {
            // Its points are no points; that is the decoder's to say.
            return
          }
          if (mine !== undefined && mine <= Number.MAX_SAFE_INTEGER) expect(mine).toBe(theirs)
        },
      ),
      runs,
    )
  })

  it('of any bytes does no harm', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        cleanly(() => sequenceOf(Buffer.from(bytes)))
        cleanly(() => pointsOf(Buffer.from(bytes)))
      }),
      runs,
    )
  })
})

describe('what a client is told', () => {
  const answer = { received: 10, accepted: 7, refused: [{ reason: 'max_point_age', count: 3 }] }
  const result = {
    receivedPoints: 10,
    acceptedPoints: 7,
    refused: [{ reason: 'max_point_age', points: 3 }],
    message: '3 of 10 points refused: 3 max_point_age (older than limits.max_point_age)',
  }

  it('is what the definition says', () => {
    expect(decodeIngest('ExportResponse', exportResponse(answer))).toEqual(result)
    expect(decodeIngest('ExportResponse', exportResponse({ received: 1, accepted: 1, refused: [] }))).toEqual({
      receivedPoints: 1,
      acceptedPoints: 1,
    })
    expect(decodeIngest('StreamResponse', ackEvent(5, exportResponse(answer)))).toEqual({
      event: 'ack',
      ack: { sequence: 5, result },
    })
    expect(decodeIngest('StreamResponse', windowEvent({ batches: 1, bytes: 2, batchBytes: 3 }))).toEqual({
      event: 'window',
      window: { maxOutstandingBatches: 1, maxOutstandingBytes: 2, maxBatchBytes: 3 },
    })
    expect(decodeIngest('StreamResponse', closingEvent('soon'))).toEqual({
      event: 'closing',
      closing: { message: 'soon' },
    })
  })

  it('has a delay where waiting helps, and none elsewhere', () => {
    const nack = (error: Error): unknown => decodeIngest('StreamResponse', nackEvent(9, grpcRefusal(error))).nack
    expect(nack(gatewayErrors.stopping({ retryAfterS: 2 }))).toEqual({
      sequence: 9,
      code: 14,
      reason: 'gateway.stopping',
      message: expect.stringContaining('(gateway.stopping)'),
      retryDelay: { seconds: 2 },
    })
    expect(nack(gatewayErrors.tenant_invalid())).not.toHaveProperty('retryDelay')
  })

  it('of any sequence is that sequence', () => {
    fc.assert(
      fc.property(sequence, (number) => {
        expect(decodeIngest('StreamResponse', ackEvent(number, Buffer.alloc(0)))).toMatchObject({
          ack: { sequence: number },
        })
      }),
      runs,
    )
  })
})
