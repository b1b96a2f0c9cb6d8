import { describe, expect, it } from '@jest/globals'
import { PegelError } from '@pegel/errors'
import { DEFAULT_LIMITS } from '@pegel/tenancy'
import fc from 'fast-check'
import { RequestPoints } from '../../src/ingest/request-points.ts'
import type { RequestOutcome } from '../../src/ingest/request-points.ts'
import {
  decodeWriteRequest,
  decodeWriteRequest2,
  remoteWriteErrors,
  WriteCache,
  Written,
} from '../../src/remote-write/index.ts'
import { arbitrarySeries, samplesAlone } from './arbitrary-series.ts'
import { request1, request2 } from './messages.ts'
import type { SentSeries, Version } from './messages.ts'
import { decodeByLibrary } from './oracle.ts'
import { pointsIn } from '../support/points-in.ts'

const limits = { ...DEFAULT_LIMITS, maxPointAgeMs: 1e15, maxPointFutureMs: 1e15, maxLabelValueBytes: 100 }
const DECODERS = { v1: decodeWriteRequest, v2: decodeWriteRequest2 }
const ENCODERS = {
  v1: (series: readonly SentSeries[]) => request1(series),
  v2: (series: readonly SentSeries[]) => request2(series),
}
const VERSIONS: readonly Version[] = ['v1', 'v2']

function outcomeOf(fill: (points: RequestPoints) => void, within = limits): RequestOutcome {
  const points = new RequestPoints({ limits: within, receivedAtMs: 0 })
  fill(points)
  return points.finish()
}

/** By the decoder under test: with an empty cache of labels, and again with a full one. */
function byHand(version: Version, bytes: Buffer): RequestOutcome {
  const cache = new WriteCache(limits)
  const once = () => outcomeOf((points) => DECODERS[version](bytes, points, cache, new Written()))
  const cold = once()
  expect(withoutExemplars(once())).toEqual(withoutExemplars(cold))
  return cold
}

function byLibrary(version: Version, bytes: Buffer): RequestOutcome {
  return outcomeOf((points) => decodeByLibrary(version, bytes, points))
}

/** What is told of each point. Two series whose labels are the same in the end may have a run each, or one together. */
function told({ chunks, accepted, refused }: RequestOutcome) {
  const { series, columns, exemplars } = pointsIn(chunks)
  const owners = series.flatMap(({ block, startTimeMs, count }) =>
    Array.from({ length: count }, () => ({ block: Buffer.from(block).toString('hex'), startTimeMs })),
  )
  return { owners, columns, exemplars, accepted, refused }
}

/** Where changed bytes make two series one, exemplars may find another sample. */
function withoutExemplars(outcome: RequestOutcome): object {
  return { ...told(outcome), exemplars: [] }
}

/** The points, or undefined for a clean refusal; any other exception is a failure of the test. */
function cleanly<T>(decode: () => T): T | undefined {
  try {
    return decode()
  } catch (error) {
    if (error instanceof PegelError && error.code === remoteWriteErrors.malformed.code) return undefined
    throw error
  }
}

describe.each(VERSIONS)('the decoder of remote write %s', (version) => {
  const encode = ENCODERS[version]

  it('tells the same points as the general decoder', () => {
    fc.assert(
      fc.property(arbitrarySeries, (series) => {
        const bytes = encode(series)
        expect(told(byHand(version, bytes))).toEqual(told(byLibrary(version, bytes)))
      }),
      { numRuns: 200, endOnFailure: true },
    )
  })

  it('is tested by requests of which most points are taken', () => {
    const outcomes = fc.sample(arbitrarySeries, 200).map((series) => byHand(version, encode(series)))
    const accepted = outcomes.reduce((sum, outcome) => sum + outcome.accepted, 0)
    const refused = outcomes.flatMap((outcome) => outcome.refused)
    expect(accepted).toBeGreaterThan(refused.reduce((sum, { count }) => sum + count, 0))
    expect(new Set(refused.map(({ reason }) => reason)).size).toBeGreaterThan(3)
  })

  it('tells the same points or refuses, whatever byte is changed', () => {
    const change = fc.record({ at: fc.nat(), to: fc.nat({ max: 255 }) })
    let same = 0
    fc.assert(
      fc.property(arbitrarySeries, fc.array(change, { minLength: 1, maxLength: 3 }), (series, changes) => {
        const bytes = encode(series)
        for (const { at, to } of changes) if (bytes.length > 0) bytes[at % bytes.length] = to
        const mine = cleanly(() => withoutExemplars(byHand(version, bytes)))
        if (mine === undefined) return
        expect(mine).toEqual(withoutExemplars(byLibrary(version, bytes)))
        same += 1
      }),
      { numRuns: 200, endOnFailure: true },
    )
    expect(same).toBeGreaterThan(10)
  })

  it('tells the same points or refuses, wherever the bytes end', () => {
    fc.assert(
      fc.property(arbitrarySeries, fc.nat(), (series, at) => {
        const bytes = encode(series)
        const cut = bytes.subarray(0, bytes.length === 0 ? 0 : at % bytes.length)
        const mine = cleanly(() => withoutExemplars(byHand(version, cut)))
        if (mine !== undefined) expect(mine).toEqual(withoutExemplars(byLibrary(version, cut)))
      }),
      { numRuns: 200, endOnFailure: true },
    )
  })

  it('tells or refuses any bytes at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (noise) => {
        const bytes = Buffer.from(noise)
        const mine = cleanly(() => withoutExemplars(byHand(version, bytes)))
        if (mine !== undefined) expect(mine).toEqual(withoutExemplars(byLibrary(version, bytes)))
      }),
      { numRuns: 1000, endOnFailure: true },
    )
  })
})

describe('samples of remote write 1.0', () => {
  const wide = { ...limits, maxLabelValueBytes: 20_000 }
  const change = fc.record({ request: fc.nat(), at: fc.nat(), to: fc.nat({ max: 255 }) })

  it('are the same or refused, whatever requests came before, damaged ones too', () => {
    let same = 0
    const requests = fc.array(samplesAlone, { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(requests, fc.array(change, { maxLength: 3 }), (all, changes) => {
        const bodies = all.map(request1)
        for (const { request, at, to } of changes) {
          const body = bodies[request % bodies.length]
          if (body !== undefined && body.length > 0) body[at % body.length] = to
        }
        const cache = new WriteCache(wide)
        for (const body of [...bodies, ...bodies]) {
          const decode = () => outcomeOf((points) => decodeWriteRequest(body, points, cache, new Written()), wide)
          const mine = cleanly(() => withoutExemplars(decode()))
          if (mine === undefined) continue
          expect(mine).toEqual(withoutExemplars(outcomeOf((points) => decodeByLibrary('v1', body, points), wide)))
          same += 1
        }
      }),
      { numRuns: 150, endOnFailure: true },
    )
    expect(same).toBeGreaterThan(100)
  })

  it('take the exemplars that waited for them, once, each those of its own series', () => {
    const cache = new WriteCache(limits)
    const written = new Written()
    const exemplarsOf = (series: readonly SentSeries[]) => {
      const { chunks } = outcomeOf((points) => decodeWriteRequest(request1(series), points, cache, written))
      return pointsIn(chunks).exemplars.map(({ point, value }) => ({ point, value }))
    }
    const labelsOf = (value: string) => [
      { name: '__name__', value: 'm' },
      { name: 'k', value },
    ]
    const sampled = (value: string): SentSeries => ({
      labels: labelsOf(value),
      samples: [{ value: 1, timestamp: 5000 }],
    })
    const waiting = (value: string): SentSeries => ({
      labels: labelsOf(value),
      exemplars: [{ labels: [], value: 7, timestamp: 5000 }],
    })
    expect(exemplarsOf([sampled('a'), sampled('b')])).toEqual([])
    expect(exemplarsOf([waiting('b'), sampled('c')])).toEqual([])
    expect(cache.holding.series).toBe(1)
    expect(exemplarsOf([sampled('a'), sampled('b')])).toEqual([{ point: 1, value: 7 }])
    expect(cache.holding.series).toBe(0)
    expect(exemplarsOf([sampled('a'), sampled('b')])).toEqual([])
    // Also when they come behind their sample in one request.
    expect(exemplarsOf([sampled('a'), waiting('a')])).toEqual([{ point: 0, value: 7 }])
  })
})

it('knows no start times in 1.0, where the field that has them in 2.0 is any unknown one', () => {
  const series = { labels: [{ name: '__name__', value: 'up' }], samples: [{ value: 1, timestamp: 5000 }] }
  const bytes = request1([series, series])
  const unknown = Buffer.from([0x18, 0x07])
  const sampleAt = bytes.indexOf(Buffer.from([0x09])) // the first sample's value; its length stands before
  const withField = Buffer.concat([bytes.subarray(0, sampleAt), unknown, bytes.subarray(sampleAt)])
  withField[1] = (withField[1] ?? 0) + unknown.length // the length of the TimeSeries
  withField[sampleAt - 1] = (withField[sampleAt - 1] ?? 0) + unknown.length
  expect(withoutExemplars(byHand('v1', withField))).toEqual(withoutExemplars(byHand('v1', bytes)))
})
