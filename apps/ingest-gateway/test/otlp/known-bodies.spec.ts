import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { PegelError } from '@pegel/errors'
import { DEFAULT_LIMITS } from '@pegel/tenancy'
import fc from 'fast-check'
import { RequestPoints } from '../../src/ingest/request-points.ts'
import type { RequestOutcome } from '../../src/ingest/request-points.ts'
import type { SeriesGate } from '../../src/ingest/series-gate.ts'
import { decodeOtlpProtobuf } from '../../src/otlp/index.ts'
import type { BodyTemplate } from '../../src/otlp/protobuf/body-template.ts'
import { LabelCache } from '../../src/otlp/protobuf/label-cache.ts'
import { TemplateMemory } from '../../src/otlp/protobuf/template-memory.ts'
import { encodeRequest } from './otlp-oracle.ts'

const NOW = 1_760_000_000_000
const limits = { ...DEFAULT_LIMITS, maxPointAgeMs: 60_000, maxPointFutureMs: 60_000 }
const openGate = (): SeriesGate & { admitted: number } => {
  const gate = {
    stamp: 7,
    admitted: 0,
    admit: (series: { admittedAt: number }) => {
      gate.admitted += 1
      series.admittedAt = gate.stamp
      return undefined
    },
    withdraw: () => undefined,
  }
  return gate
}

/** Counts the bodies that were known. */
let known: jest.SpiedFunction<RequestPoints['takeEncoded']>
beforeEach(() => {
  known = jest.spyOn(RequestPoints.prototype, 'takeEncoded')
})
afterEach(() => {
  known.mockRestore()
})

interface Options {
  readonly receivedAtMs?: number
  readonly gate?: SeriesGate
}

function decode(bytes: Buffer, cache: LabelCache, { receivedAtMs = NOW, gate = openGate() }: Options = {}) {
  const points = new RequestPoints({ limits, receivedAtMs, gate })
  decodeOtlpProtobuf(bytes, points, cache)
  return points.finish()
}

function cleanly(run: () => RequestOutcome): RequestOutcome | string {
  try {
    return run()
  } catch (error) {
    if (error instanceof PegelError) return error.message
    throw error
  }
}

/** What becomes of a body that nobody has sent before. */
function fresh(bytes: Buffer): RequestOutcome | string {
  return cleanly(() => decode(bytes, new LabelCache(limits)))
}

/** A cache to which a body was sent as often as it takes to be known. */
function knowing(bytes: Buffer, memory?: TemplateMemory): LabelCache {
  const cache = new LabelCache(limits, memory)
  for (let time = 0; time < 3; time += 1) decode(bytes, cache)
  return cache
}

type Value = { asDouble: number } | { asInt: string }
interface Point {
  readonly host: string
  readonly startedMs?: number | undefined
  readonly value: Value
  readonly more?: object
}

function nsOf(ms: number, ns = 0): string {
  return String(BigInt(ms) * 1_000_000n + BigInt(ns))
}

function dataPoint({ host, startedMs, value, more }: Point, timeUnixNano: string): object {
  const attributes = [{ key: 'host', value: { stringValue: host } }]
  const started = startedMs === undefined ? {} : { startTimeUnixNano: nsOf(startedMs, 123) }
  return { ...started, timeUnixNano, ...value, attributes, ...more }
}

/** A scope for each list; gauges and sums by turns. */
function bodyOf(scopes: readonly (readonly Point[])[], timeUnixNano = nsOf(NOW)): Buffer {
  const scopeMetrics = scopes.map((points, index) => {
    const dataPoints = points.map((point) => dataPoint(point, timeUnixNano))
    const data = index % 2 === 0 ? { gauge: { dataPoints } } : { sum: { dataPoints, aggregationTemporality: 2 } }
    return { scope: { name: `s${index}` }, metrics: [{ name: 'm', ...data }] }
  })
  return encodeRequest({ resourceMetrics: [{ scopeMetrics }] })
}

/** A series and what two bodies say of it, in the same of both fields. */
const twice = fc
  .record({
    host: fc.string({ unit: 'grapheme-ascii', maxLength: 3 }),
    startedMs: fc.option(fc.constantFrom(NOW - 3_600_000, NOW - 90_000, NOW - 86_400_000), { nil: undefined }),
    values: fc.oneof(
      fc.tuple(fc.double(), fc.double()).map((both) => both.map((asDouble) => ({ asDouble }))),
      fc
        .tuple(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.maxSafeNat())
        .map((both) => both.map((int) => ({ asInt: String(int) }))),
    ),
  })
  .map(({ values, ...series }) => [0, 1].map((at) => ({ ...series, value: values[at] ?? { asInt: '0' } })))
const time = fc.tuple(fc.integer({ min: -60_000, max: 60_000 }), fc.nat({ max: 999_999 }))

describe('a body that comes again with another time and other values', () => {
  it('becomes what it would become if nobody had seen it before', () => {
    let taken = 0
    fc.assert(
      fc.property(fc.array(fc.array(twice, { maxLength: 80 }), { maxLength: 4 }), time, time, (series, one, other) => {
        const bodies = [one, other].map(([ms, ns], at) =>
          bodyOf(
            series.map((scope) => scope.map((both) => both[at] ?? { host: '', value: { asInt: '0' } })),
            nsOf(NOW + ms - 1, ns),
          ),
        )
        const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = bodies
        const cache = knowing(first)
        known.mockClear()
        expect(cleanly(() => decode(second, cache))).toEqual(fresh(second))
        taken += known.mock.calls.length
        expect(cleanly(() => decode(first, cache))).toEqual(fresh(first))
      }),
      { numRuns: 300, endOnFailure: true },
    )
    expect(taken).toBeGreaterThan(150)
  })

  it('keeps the bits of values that are not numbers', () => {
    const stale = Buffer.from('020000000000f07f', 'hex')
    const body = bodyOf([[{ host: 'a', value: { asDouble: 1.5 } }]])
    const cache = knowing(body)
    const changed = Buffer.from(body)
    stale.copy(changed, changed.indexOf(Buffer.from('000000000000f83f', 'hex')))
    const [chunk] = decode(changed, cache).chunks
    expect(Buffer.from(chunk?.bytes ?? []).includes(stale)).toBe(true)
  })

  it('is told from every body that differs in another byte', () => {
    const started = { startedMs: NOW - 5000 }
    const body = bodyOf([
      [
        { host: 'a', value: { asDouble: 1.5 } },
        { host: 'b', ...started, value: { asInt: '-7' } },
      ],
      [{ host: 'c', ...started, value: { asDouble: 2 } }],
    ])
    let taken = 0
    for (let place = 0; place < body.length; place += 1) {
      for (const byte of [0, 1, 2, 9, 18, 0x11, 0x19, 0x21, 0x29, 0x31, 0x3a, 0x40, 0x7f, 0xff]) {
        const cache = knowing(body)
        const changed = Buffer.from(body)
        changed[place] = byte
        known.mockClear()
        expect(cleanly(() => decode(changed, cache))).toEqual(fresh(changed))
        taken += known.mock.calls.length
      }
    }
    // Bytes of values, and those that were there before.
    expect(taken).toBeGreaterThan(200)
  })

  const [one, other]: readonly Point[] = [
    { host: 'a', value: { asDouble: 1 } },
    { host: 'b', value: { asDouble: 2 } },
  ]

  it.each<readonly [string, Point]>([
    ['flags', { host: 'x', value: { asDouble: 1 }, more: { flags: 1 } }],
    [
      'exemplars',
      { host: 'x', value: { asDouble: 1 }, more: { exemplars: [{ timeUnixNano: nsOf(NOW), asDouble: 1 }] } },
    ],
    ['a point that is refused', { host: 'x'.repeat(5000), value: { asDouble: 1 } }],
    ['another time', { host: 'x', value: { asDouble: 1 }, more: { timeUnixNano: nsOf(NOW + 1) } }],
  ])('is decoded each time with %s', (_what, point) => {
    const body = bodyOf([[one, point, other] as readonly Point[]])
    const cache = knowing(body)
    expect(decode(body, cache)).toEqual(fresh(body))
    expect(known).not.toHaveBeenCalled()
  })

  it('is decoded each time with points that are no numbers', () => {
    const dataPoints = [{ timeUnixNano: nsOf(NOW), count: 1, bucketCounts: [1], sum: 2 }]
    const histogram = { name: 'h', histogram: { dataPoints, aggregationTemporality: 2 } }
    const gauge = { name: 'g', gauge: { dataPoints: [{ timeUnixNano: nsOf(NOW), asInt: '1' }] } }
    const body = encodeRequest({ resourceMetrics: [{ scopeMetrics: [{ metrics: [gauge, histogram] }] }] })
    expect(decode(body, knowing(body))).toEqual(fresh(body))
    expect(known).not.toHaveBeenCalled()
  })

  it('is decoded each time with a point that says its value twice', () => {
    const point = bodyOf([[{ host: '', value: { asInt: '1' } }]])
    // The last field of the last point, once more: lengths of one byte, from the outermost in.
    const body = Buffer.concat([point, Buffer.from('310200000000000000', 'hex')])
    for (const at of lengthsOf(point)) body[at] = (body[at] ?? 0) + 9
    expect(decode(body, knowing(body))).toEqual(fresh(body))
    expect(known).not.toHaveBeenCalled()
  })
})

/** Where the lengths stand of the messages that end with the body: of the resource, the scope, the metric, its data and the point. */
function lengthsOf(body: Buffer): readonly number[] {
  const found: number[] = []
  for (let at = 1; at < body.length; at += 1) if (at + 1 + (body[at] ?? 0) === body.length) found.push(at)
  return found.filter((at) => [0x0a, 0x12, 0x2a].includes(body[at - 1] ?? 0)).slice(0, 5)
}

describe('a known body', () => {
  const body = bodyOf([[{ host: 'a', startedMs: NOW - 1000, value: { asDouble: 1 } }]])
  const at = (timeMs: number): Buffer =>
    bodyOf([[{ host: 'a', startedMs: NOW - 1000, value: { asDouble: 1 } }]], nsOf(timeMs))

  it.each([
    ['max_point_age', at(NOW - 60_001)],
    ['max_point_future', at(NOW + 60_001)],
    ['time_missing', bodyOf([[{ host: 'a', startedMs: NOW - 1000, value: { asDouble: 1 } }]], '0')],
    ['time_out_of_range', bodyOf([[{ host: 'a', startedMs: NOW - 1000, value: { asDouble: 1 } }]], String(2n ** 63n))],
  ])('is refused by its time as any other: %s', (reason, late) => {
    expect(decode(late, knowing(body)).refused).toEqual([{ reason, count: 1 }])
  })

  it('asks the gate again when what it was let in by is over', () => {
    const cache = knowing(body)
    known.mockClear()
    const later = { ...openGate(), stamp: 8 }
    const admit = jest.fn((series: { admittedAt: number }) => {
      series.admittedAt = 8
      return undefined
    })
    decode(body, cache, { gate: { ...later, admit } })
    expect([known.mock.calls.length, admit.mock.calls.length]).toEqual([0, 1])
    for (let time = 0; time < 2; time += 1) decode(body, cache, { gate: { ...later, admit } })
    expect([known.mock.calls.length, admit.mock.calls.length]).toEqual([2, 1])
  })

  it('is one of several of its length', () => {
    const bodies = ['a', 'b', 'c'].map((host) => bodyOf([[{ host, value: { asDouble: 1 } }]]))
    const cache = new LabelCache(limits)
    for (let time = 0; time < 4; time += 1) for (const each of bodies) expect(decode(each, cache)).toEqual(fresh(each))
    // Up to the first time they are alike: each takes the place of the one before.
    expect(known).not.toHaveBeenCalled()
    const scoped = ['a', 'b', 'c'].map((host) =>
      encodeRequest({
        resourceMetrics: [
          {
            resource: { attributes: [{ key: 'host', value: { stringValue: host } }] },
            scopeMetrics: [
              { metrics: [{ name: 'm', gauge: { dataPoints: [{ timeUnixNano: nsOf(NOW), asInt: '1' }] } }] },
            ],
          },
        ],
      }),
    )
    for (let time = 0; time < 4; time += 1) for (const each of scoped) decode(each, cache)
    expect(known.mock.calls.length).toBeGreaterThanOrEqual(6)
  })
})

describe('the memory of known bodies', () => {
  const bodies = ['a', 'bb'].map((host) => bodyOf([[{ host, value: { asDouble: 1 } }]]))
  const [one = Buffer.alloc(0), other = Buffer.alloc(0)] = bodies

  it('has room for so much, and keeps what is of use', () => {
    const memory = new TemplateMemory(500)
    const first = knowing(one, memory)
    const { sizeBytes } = memory
    expect(sizeBytes).toBeGreaterThan(100)
    expect(sizeBytes).toBeLessThan(500)
    const small = new TemplateMemory(sizeBytes)
    knowing(one, small)
    expect(small.sizeBytes).toBe(sizeBytes)
    known.mockClear()
    decode(other, knowing(other, small))
    expect([known.mock.calls.length, small.sizeBytes]).toEqual([0, sizeBytes])
    decode(one, first)
    expect(known).toHaveBeenCalledTimes(1)
  })

  it('takes it from a client that has not sent for a minute, and from nobody before', () => {
    const probe = new TemplateMemory(1000)
    knowing(other, probe)
    const cache = knowing(one, new TemplateMemory(probe.sizeBytes))
    const knownAt = (timeMs: number): number => {
      const body = bodyOf([[{ host: 'bb', value: { asDouble: 1 } }]], nsOf(timeMs))
      known.mockClear()
      for (let time = 0; time < 3; time += 1) decode(body, cache, { receivedAtMs: timeMs })
      return known.mock.calls.length
    }
    expect([knownAt(NOW + 59_000), knownAt(NOW + 61_000)]).toEqual([0, 2])
  })

  it('gives a tenant that has less than half as much what the largest used longest ago', () => {
    const alike = (host: string): Buffer =>
      bodyOf([[{ host: `${host}${'x'.repeat(host.length)}`, value: { asDouble: 1 } }]])
    const names = ['1', '22', '333', '4444', '55555', '666666']
    const all = new TemplateMemory(10_000)
    const cache = new LabelCache(limits, all)
    const send = (body: Buffer, to: LabelCache, receivedAtMs: number): number => {
      known.mockClear()
      for (let time = 0; time < 3; time += 1) decode(body, to, { receivedAtMs })
      return known.mock.calls.length
    }
    for (const name of names) send(alike(name), cache, NOW)
    const full = new TemplateMemory(all.sizeBytes)
    const [large, small] = [new LabelCache(limits, full), new LabelCache(limits, full)]
    names.forEach((name, index) => send(alike(name), large, NOW + index))
    expect(full.sizeBytes).toBe(all.sizeBytes)
    const now = NOW + 10
    expect(names.slice(0, 3).map((name) => send(alike(name), small, now))).toEqual([1, 1, 0])
    // Those who were used longest ago had to go, and the others are known still.
    expect(send(alike('666666'), large, now)).toBe(3)
    expect(send(alike('1'), large, now)).toBe(0)
    expect(full.sizeBytes).toBeLessThanOrEqual(all.sizeBytes)
  })

  it('has whose template is given back forget it, so that its memory is free', () => {
    const memory = new TemplateMemory(100)
    const owner = { forget: jest.fn() }
    const [idle, next] = [
      { sizeBytes: 60, usedAtMs: 0 },
      { sizeBytes: 60, usedAtMs: 0 },
    ] as unknown as BodyTemplate[]
    if (idle === undefined || next === undefined) throw new Error('no templates')
    expect(memory.borrow(idle, owner, NOW)).toBe(true)
    expect([memory.borrow(next, owner, NOW + 60_000), owner.forget.mock.calls]).toEqual([false, []])
    expect([memory.borrow(next, owner, NOW + 60_001), owner.forget.mock.calls]).toEqual([true, [[idle]]])
    memory.giveBack(idle)
    expect([memory.sizeBytes, owner.forget.mock.calls.length]).toEqual([60, 1])
  })

  it('holds nothing where it has no bytes', () => {
    const cache = knowing(one, new TemplateMemory(0))
    expect(decode(one, cache)).toEqual(fresh(one))
    expect(known).not.toHaveBeenCalled()
  })
})
