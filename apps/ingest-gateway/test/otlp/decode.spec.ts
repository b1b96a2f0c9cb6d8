import { describe, expect, it } from '@jest/globals'
import { PegelError } from '@pegel/errors'
import fc from 'fast-check'
import { DEFAULT_LIMITS } from '@pegel/tenancy'
import { DecodedPoints } from '../../src/ingest/decoded-points.ts'
import { RequestPoints } from '../../src/ingest/request-points.ts'
import type { RequestOutcome } from '../../src/ingest/request-points.ts'
import { decodeOtlpJson, decodeOtlpProtobuf, otlpErrors } from '../../src/otlp/index.ts'
import type { PointSink } from '../../src/otlp/index.ts'
import { LabelCache } from '../../src/otlp/protobuf/label-cache.ts'
import { pointsIn } from '../support/points-in.ts'
import { arbitraryRequest } from './arbitrary-request.ts'
import { decodeByLibrary, encodeRequest, record, toOtlpJson, type Told } from './otlp-oracle.ts'

const runs = { numRuns: 500, endOnFailure: true }
/** Wide enough that what random requests hold is mostly taken, and narrow enough that some of it is not. */
const limits = { ...DEFAULT_LIMITS, maxPointAgeMs: 1e15, maxPointFutureMs: 1e15, maxLabelValueBytes: 100 }

const change = fc.record({ at: fc.nat(), to: fc.nat({ max: 255 }) })

function outcomeOf(fill: (points: RequestPoints) => void): RequestOutcome {
  const points = new RequestPoints({ limits, receivedAtMs: 0 })
  fill(points)
  return points.finish()
}

/** Encoded points and refusals of the decoder under test: with an empty cache of labels, and again with a full one, until the body is known. */
function byHand(bytes: Buffer): RequestOutcome {
  const cache = new LabelCache(limits)
  const cold = outcomeOf((points) => decodeOtlpProtobuf(bytes, points, cache))
  for (let again = 0; again < 3; again += 1)
    expect(outcomeOf((points) => decodeOtlpProtobuf(bytes, points, cache))).toEqual(cold)
  return cold
}

/** The same of what protobufjs reads out of the bytes. */
function byLibrary(bytes: Buffer): RequestOutcome {
  const told = decodeByLibrary(bytes)
  return outcomeOf((points) => replay(told, new DecodedPoints(points)))
}

function replay(told: readonly Told[], sink: PointSink): void {
  for (const each of told) {
    if ('group' in each) sink.group(each.group)
    else if ('refused' in each) sink.refuse(each.refused, 1)
    else sink.point(each.metric, each.point)
  }
}

/**
 * What is told of each point. A changed byte can give one of two equal series another spelling of the same labels: then the decoder, which compares
 * bytes, begins a second run for it, as a batch may.
 */
function pointByPoint({ chunks, accepted, refused }: RequestOutcome): object {
  const { series, columns, exemplars } = pointsIn(chunks)
  const points = series.flatMap(
    ({ group, block, fingerprintHi, fingerprintLo, startTimeMs, startTimeNs, first, count }) => {
      const run = { group: group.block, block, fingerprintHi, fingerprintLo, startTimeMs, startTimeNs }
      return Array.from({ length: count }, (_none, index) => ({ ...run, point: first + index }))
    },
  )
  return { points, columns, exemplars, accepted, refused }
}

/** The points, or undefined for a clean refusal; any other exception is a failure of the test. */
function cleanly<T>(decode: () => T): T | undefined {
  try {
    return decode()
  } catch (error) {
    if (error instanceof PegelError && error.code === otlpErrors.malformed.code) return undefined
    throw error
  }
}

describe('decodeOtlpProtobuf', () => {
  it('tells the same points as the general decoder', () => {
    fc.assert(
      fc.property(arbitraryRequest, (request) => {
        const bytes = encodeRequest(request)
        expect(byHand(bytes)).toEqual(byLibrary(bytes))
      }),
      runs,
    )
  })

  it('writes a series once whose points follow each other, the first time too', () => {
    const dataPoints = ['1000000', '2000000'].map((timeUnixNano) => ({ timeUnixNano, asInt: '7' }))
    const metrics = [{ name: 'up', gauge: { dataPoints } }]
    const bytes = encodeRequest({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] })
    expect(byHand(bytes)).toEqual(byLibrary(bytes))
    expect(byHand(bytes).accepted).toBe(2)
  })

  it('is tested by requests of which most points are taken', () => {
    const outcomes = fc.sample(arbitraryRequest, 200).map((request) => byHand(encodeRequest(request)))
    const accepted = outcomes.reduce((sum, outcome) => sum + outcome.accepted, 0)
    const refused = outcomes.flatMap((outcome) => outcome.refused)
    expect(accepted).toBeGreaterThan(refused.reduce((sum, { count }) => sum + count, 0))
    expect(new Set(refused.map(({ reason }) => reason)).size).toBeGreaterThan(1)
  })

  it('tells the same points or refuses, whatever byte is changed', () => {
    let decoded = 0
    fc.assert(
      fc.property(arbitraryRequest, fc.array(change, { minLength: 1, maxLength: 3 }), (request, changes) => {
        const bytes = encodeRequest(request)
        for (const { at, to } of changes) if (bytes.length > 0) bytes[at % bytes.length] = to
        const mine = cleanly(() => byHand(bytes))
        if (mine === undefined) return
        expect(pointByPoint(mine)).toEqual(pointByPoint(byLibrary(bytes)))
        decoded += 1
      }),
      { numRuns: 500, endOnFailure: true },
    )
    // A decoder that refuses everything would pass, too.
    expect(decoded).toBeGreaterThan(50)
  })

  it('tells of changed bytes what they say, though it knows the series that were there', () => {
    const attributes = [{ key: 'host', value: { stringValue: 'a' } }]
    const started = { startTimeUnixNano: '7000000', timeUnixNano: '8000000', attributes }
    const gauges = [
      { timeUnixNano: '9000000', asInt: '-7', attributes },
      { timeUnixNano: '9000000', asDouble: 2 },
    ]
    const sum = {
      dataPoints: [
        { ...started, asDouble: 1.5 },
        { ...started, asInt: '5' },
      ],
      aggregationTemporality: 2,
    }
    const metrics = [
      { name: 'g', gauge: { dataPoints: gauges } },
      { name: 's', sum },
    ]
    const bytes = encodeRequest({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] })
    const cache = new LabelCache(limits)
    outcomeOf((points) => decodeOtlpProtobuf(bytes, points, cache))
    let decoded = 0
    for (let place = 0; place < bytes.length; place++) {
      for (const change of [0, 1, 9, 18, 0x11, 0x19, 0x21, 0x29, 0x31, 0x3a, 0x40]) {
        const changed = Buffer.from(bytes)
        changed[place] = change
        const mine = cleanly(() => outcomeOf((points) => decodeOtlpProtobuf(changed, points, cache)))
        const fresh = cleanly(() => byHand(changed))
        expect(mine && pointByPoint(mine)).toEqual(fresh && pointByPoint(fresh))
        if (mine !== undefined) decoded += 1
      }
    }
    expect(decoded).toBeGreaterThan(200)
  })

  it.each([[{ timeUnixNano: '9000000' }], [{ startTimeUnixNano: '1', timeUnixNano: '9000000' }], [{}]])(
    'reads nothing behind a body that ends with the point %j',
    (last) => {
      const dataPoints = [{ timeUnixNano: '9000000', asInt: '7' }, last]
      const bytes = encodeRequest({
        resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'g', gauge: { dataPoints } }] }] }],
      })
      expect(byHand(bytes)).toEqual(byLibrary(bytes))
      expect(byHand(bytes).refused).toHaveLength(1)
    },
  )

  it('tells the same points or refuses, wherever the bytes end', () => {
    fc.assert(
      fc.property(arbitraryRequest, fc.nat(), (request, at) => {
        const whole = encodeRequest(request)
        const bytes = whole.subarray(0, whole.length === 0 ? 0 : at % whole.length)
        const mine = cleanly(() => byHand(bytes))
        if (mine !== undefined) expect(mine).toEqual(byLibrary(bytes))
      }),
      runs,
    )
  })

  it('survives any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const mine = cleanly(() => byHand(Buffer.from(bytes)))
        if (mine !== undefined) expect(mine).toEqual(byLibrary(Buffer.from(bytes)))
      }),
      { numRuns: 500, endOnFailure: true },
    )
  })

  it('does not follow values that nest without end', () => {
    let value: object = { stringValue: 'deep' }
    for (let depth = 0; depth < 40; depth++) value = { arrayValue: { values: [value] } }
    const attributes = [{ key: 'deep', value }]
    const bytes = encodeRequest({ resourceMetrics: [{ resource: { attributes }, scopeMetrics: [] }] })
    expect(() => byHand(bytes)).toThrow('nests deeper than 32 levels')
  })
})

describe('decodeOtlpJson', () => {
  it('tells the same points as the protobuf of the same request', () => {
    fc.assert(
      fc.property(arbitraryRequest, (request) => {
        const told = record((sink) => decodeOtlpJson(toOtlpJson(request), sink))
        expect(told).toEqual(decodeByLibrary(encodeRequest(request)))
      }),
      runs,
    )
  })

  const gauge = (point: string): Buffer =>
    Buffer.from(`{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"m","gauge":{"dataPoints":[${point}]}}]}]}]}`)
  const points = (body: Buffer): readonly Told[] => record((sink) => decodeOtlpJson(body, sink)).slice(1)

  it('takes nanoseconds that were sent as a number without rounding them', () => {
    expect(points(gauge('{"timeUnixNano":1700000000123456789,"asInt":"9007199254740993"}'))).toMatchObject([
      { point: { time: { ms: 1700000000123, ns: 456789 } } },
    ])
  })

  it('takes the field names of the .proto and null for what is not set', () => {
    expect(points(gauge('{"time_unix_nano":"1000000","as_double":1.5,"attributes":null}'))).toMatchObject([
      { point: { time: { ms: 1, ns: 0 }, value: 1.5, attributes: [] } },
    ])
  })

  it('takes NaN and the infinities as strings', () => {
    const values = points(gauge('{"asDouble":"NaN"},{"asDouble":"-Infinity"},{"asDouble":"2.5"}'))
    expect(values.map((told) => ('point' in told ? told.point.value : told))).toEqual([Number.NaN, -Infinity, 2.5])
  })

  it.each([
    ['{"resourceMetrics":{}}', 'resourceMetrics is not an array'],
    ['[1]', 'the body is not an object'],
    ['{"resourceMetrics":[', 'it is not JSON'],
    [
      '{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":7}]}]}]}',
      'resourceMetrics[0].scopeMetrics[0].metrics[0].name is not a string',
    ],
    ['{"resourceMetrics":[{"resource":{"attributes":[{"key":"\\ud800"}]}}]}', 'key is not valid Unicode'],
    ['{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"gauge":{},"sum":{}}]}]}]}', 'holds data twice'],
  ])('refuses %s', (body, problem) => {
    expect(() => points(Buffer.from(body))).toThrow(problem)
  })

  it.each([
    ['{"timeUnixNano":"soon","asInt":1}', 'timeUnixNano is not nanoseconds since the epoch'],
    ['{"asDouble":"one"}', 'asDouble is not a number'],
    ['{"asInt":1.5}', 'asInt is not an integer'],
    ['{"asInt":1,"exemplars":[{"traceId":"xyz"}]}', 'traceId is not hexadecimal'],
    ['{"asInt":1,"attributes":[{"key":"k","value":{"boolValue":"yes"}}]}', 'boolValue is not true or false'],
  ])('refuses the point %s', (point, problem) => {
    expect(() => points(gauge(point))).toThrow(problem)
  })

  it('refuses bytes that are not UTF-8', () => {
    expect(() => points(Buffer.from([0x7b, 0xff, 0x7d]))).toThrow('not valid UTF-8')
  })
})
