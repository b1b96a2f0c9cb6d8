import { Point } from '@influxdata/influxdb-client'
import { describe, expect, it } from '@jest/globals'
import { DEFAULT_LIMITS } from '@pegel/tenancy'
import fc from 'fast-check'
import { LineCache } from '../../src/line-protocol/index.ts'
import { decode, NOW } from './decoded.ts'
import type { DecodedLine } from './decoded.ts'
import { readLine } from './line-oracle.ts'
import type { OracleLine } from './line-oracle.ts'

/**
 * Texts of all characters but control characters, which the format cannot hold, and backslashes at an end, which it takes for
 * escapes of what follows. Names that mean something to the mapping are left to the tests of the mapping.
 */
const name = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 12 })
  .map((text) => text.replace(/[\p{Cc}\p{Cs}]/gu, 'x').replace(/\\/g, '/'))
  .filter((text) => !['gauge', 'counter', 'delta', 'value', '__proto__'].includes(text) && !text.startsWith('otel.'))
const measurement = name.filter((text) => !/^[#\s]/.test(text))
type Value = readonly ['float', number] | readonly ['int' | 'uint', bigint] | readonly ['boolean', boolean]
const value: fc.Arbitrary<Value> = fc.oneof(
  // The client writes -0 as 0.
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => ['float', number + 0] as const),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((number) => ['int', number] as const),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((number) => ['uint', number] as const),
  fc.boolean().map((bool) => ['boolean', bool] as const),
)
interface Sent {
  readonly measurement: string
  readonly tags: Readonly<Record<string, string>>
  readonly fields: Readonly<Record<string, Value>>
  readonly texts: Readonly<Record<string, string>>
  readonly time: bigint
}
const dictionary = <T>(values: fc.Arbitrary<T>, minKeys: number) =>
  fc.dictionary(name, values, { minKeys, maxKeys: 4, noNullPrototype: true })
const sent: fc.Arbitrary<Sent> = fc.record({
  measurement,
  tags: dictionary(name, 0),
  fields: dictionary(value, 1),
  texts: dictionary(
    fc.string({ unit: 'binary' }).map((text) => text.replace(/\p{Cs}/gu, '')),
    0,
  ),
  time: fc.bigInt({ min: -(10n ** 18n), max: 4n * 10n ** 18n }).filter((time) => time !== 0n),
})

/** As the official client writes it. */
function lineOf({ measurement: of, tags, fields, texts, time }: Sent): string {
  const point = new Point(of).timestamp(String(time))
  for (const [key, text] of Object.entries(tags)) point.tag(key, text)
  for (const [key, text] of Object.entries(texts)) if (!(key in fields)) point.stringField(key, text)
  for (const [key, [kind, number]] of Object.entries(fields)) {
    if (kind === 'float') point.floatField(key, number)
    else if (kind === 'boolean') point.booleanField(key, number)
    else if (kind === 'int') point.fields[key] = `${number}i`
    else point.fields[key] = `${number}u`
  }
  return point.toLineProtocol() ?? ''
}

function nanoseconds({ timeMs, timeNs }: DecodedLine): bigint {
  return BigInt(timeMs) * 1_000_000n + BigInt(timeNs)
}

/** A decoded point as the oracle tells it: name, tags, value, time. */
function plain(point: DecodedLine): readonly unknown[] {
  const { series, value: number } = point
  const tags = series.attributes.map((attribute) => [attribute.key, attribute.value] as const)
  return [series.name, Object.fromEntries(tags), number, nanoseconds(point)]
}

/** Times of a batch are ns in 62 bits; others are refused. */
function isInRange({ time = 0n }: OracleLine): boolean {
  return time < 2n ** 62n && time > -(2n ** 62n)
}

function told({ measurement: of, tags, fields, time }: OracleLine): readonly (readonly unknown[])[] {
  const at = time === undefined ? BigInt(NOW) * 1_000_000n : time === 0n ? 1n : time
  return fields.map(([key, number]) => [key === 'value' ? of : `${of}_${key}`, Object.fromEntries(tags), number, at])
}

describe('line protocol', () => {
  it('comes back as the official client wrote it', () => {
    fc.assert(
      fc.property(fc.array(sent, { minLength: 1, maxLength: 5 }), (points) => {
        const { points: decoded, report } = decode(points.map(lineOf).join('\n'))
        const expected = points.flatMap(({ measurement: of, tags, fields, time }) =>
          Object.entries(fields)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, [, number]]) => [`${of}_${key}`, tags, Number(number), time]),
        )
        const order = (all: readonly (readonly unknown[])[]) => all.map((each) => each).sort(byName)
        expect(report.listed).toEqual([])
        expect(order(decoded.map(plain))).toEqual(order(expected))
      }),
    )
  })

  it('is the same from a cache that has seen it', () => {
    const cache = new LineCache(DEFAULT_LIMITS)
    fc.assert(
      fc.property(fc.array(sent, { minLength: 1, maxLength: 4 }), (points) => {
        const body = points.map(lineOf).join('\n')
        const fresh = decode(body).points
        expect(decode(body, { cache }).points).toEqual(fresh)
        expect(decode(body, { cache }).points).toEqual(fresh)
      }),
    )
  })

  it('agrees with the oracle on every mutated line, and names the lines that are none', () => {
    const mutation = fc.record({
      at: fc.nat({ max: 200 }),
      remove: fc.nat({ max: 3 }),
      insert: fc.constantFrom('', ',', '=', ' ', '\\', '"', 'i', '-', '.', '1', 'e', 't', '\t', '#'),
    })
    fc.assert(
      fc.property(
        fc.array(fc.tuple(sent, fc.array(mutation, { maxLength: 3 })), { minLength: 1, maxLength: 5 }),
        (lines) => {
          // A text can hold newlines; without texts a line of the body is a line of the oracle, whatever became of its quotes.
          const texts = lines.map(([point, mutations]) => mutate(lineOf({ ...point, texts: {} }), mutations))
          const { points, report } = decode(texts.join('\n'))
          const expected: (readonly unknown[])[] = []
          const refused: number[] = []
          for (const [index, text] of texts.entries()) {
            if (text.includes('"')) return
            if (text.trim() === '' || text.trimStart().startsWith('#')) continue
            const line = readLine(text)
            if (line === undefined || !isInRange(line)) refused.push(index + 1)
            else expected.push(...told(line))
          }
          expect(report.refusedLines).toBe(refused.length)
          expect(report.listed.map(({ line }) => line)).toEqual(refused.slice(0, 20))
          expect(points.map(plain)).toEqual(expected)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('never takes more points than a body has, reads beyond its end, or loses count, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.array(sent, { maxLength: 3 }), fc.nat(), fc.uint8Array({ maxLength: 8 }), (points, at, noise) => {
        const whole = Buffer.from(points.map(lineOf).join('\n'))
        const cut = whole.length === 0 ? 0 : at % whole.length
        const truncated = Buffer.concat([whole.subarray(0, cut), noise, whole.subarray(cut + noise.length)])
        const { points: decoded, report, refused } = decode(truncated)
        const lines = truncated.toString('latin1').split('\n').length
        expect(report.listed.every(({ line }) => line >= 1 && line <= lines)).toBe(true)
        expect(refused.line_malformed ?? 0).toBeLessThanOrEqual(report.refusedLines)
        expect(decoded.every(({ value: number }) => Number.isFinite(number))).toBe(true)
        // The lines before the damage are untouched.
        const lengths = points.map((point) => Buffer.byteLength(lineOf(point)) + 1)
        const before = points.filter((_, index) => lengths.slice(0, index + 1).reduce((a, b) => a + b, 0) <= cut)
        const complete = decode(before.map(lineOf).join('\n')).points
        expect(decoded.slice(0, complete.length)).toEqual(complete)
      }),
    )
  })
})

function mutate(line: string, mutations: readonly { at: number; remove: number; insert: string }[]): string {
  const chars = Array.from(line)
  for (const { at, remove, insert } of mutations)
    chars.splice(at % Math.max(1, chars.length), remove, ...Array.from(insert))
  return chars.join('')
}

function byName(a: readonly unknown[], b: readonly unknown[]): number {
  const key = (of: readonly unknown[]): string =>
    JSON.stringify(of, (_, each: unknown) => (typeof each === 'bigint' ? `${each}` : each))
  return key(a) < key(b) ? -1 : 1
}
