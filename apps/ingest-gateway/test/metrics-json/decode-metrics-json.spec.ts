import { describe, expect, it } from '@jest/globals'
import { parseSeriesBlock } from '@pegel/contracts'
import { DEFAULT_LIMITS } from '@pegel/tenancy'
import fc from 'fast-check'
import { RequestPoints } from '../../src/ingest/request-points.ts'
import { decodeMetricsJson } from '../../src/metrics-json/index.ts'
import type { JsonForm } from '../../src/metrics-json/index.ts'
import { pointsIn } from '../support/points-in.ts'

const NOW = 1_767_225_600_000
const limits = { ...DEFAULT_LIMITS, maxPointAgeMs: Infinity, maxPointFutureMs: Infinity }

function decode(body: string | Buffer, form: JsonForm = 'json') {
  const points = new RequestPoints({ limits, receivedAtMs: NOW })
  const report = decodeMetricsJson(Buffer.from(body), points, { form, tenant: 'acme', receivedAtMs: NOW })
  const { chunks, accepted, refused } = points.finish()
  const { columns, series } = pointsIn(chunks)
  const told = series.flatMap((run) =>
    Array.from({ length: run.count }, (_, index) => ({
      ...parseSeriesBlock(run.block),
      value: columns.value[run.first + index],
      time: [columns.timeMs[run.first + index], columns.timeNs[run.first + index]],
    })),
  )
  return { told, report, accepted, refused: refused.reduce((sum, { count }) => sum + count, 0) }
}

describe('decodeMetricsJson', () => {
  it.each([
    ['2026-01-01T00:00:00Z', [NOW, 0]],
    ['2026-01-01T01:00:00.5+01:00', [NOW + 500, 0]],
    ['2026-01-01T00:00:00.123456789Z', [NOW + 123, 456_789]],
    ['2026-01-01T00:00:00.1234567899Z', [NOW + 123, 456_789]],
    [NOW + 7, [NOW + 7, 0]],
    [NOW + 0.5, [NOW, 500_000]],
    [-0.25, [-1, 750_000]],
    [undefined, [NOW, 0]],
  ])('reads the time %s', (timestamp, time) => {
    expect(decode(JSON.stringify({ name: 'm', value: 1, timestamp })).told).toMatchObject([{ time }])
  })

  it('lets attributes count before labels, and makes texts of both', () => {
    const [point] = decode(
      '{"name":"m","value":1,"labels":{"a":"label","b":true},"attributes":{"a":"attribute","c":1.5}}',
    ).told
    expect(point?.attributes).toEqual([
      { key: 'a', value: 'attribute' },
      { key: 'b', value: 'true' },
      { key: 'c', value: '1.5' },
    ])
  })

  it('takes a byte order mark for none', () => {
    expect(decode('\uFEFF{"name":"m","value":1}').accepted).toBe(1)
  })

  it('lists the first hundred and counts all', () => {
    const { report, refused } = decode(JSON.stringify(Array.from({ length: 150 }, () => 1)))
    expect([report.listed.length, refused]).toEqual([100, 150])
  })

  it.each(['', '[', '{"a":1}}', 'nul'])('refuses the whole of %j', (body) => {
    expect(() => decode(body)).toThrow(expect.objectContaining({ code: 'json.malformed' }))
  })

  it('survives nesting without end', () => {
    expect(() => decode('['.repeat(200_000))).toThrow(expect.objectContaining({ code: 'json.malformed' }))
    expect(decode(`${'['.repeat(5000)}${']'.repeat(5000)}`).refused).toBe(1)
  })

  it('gives numbers back as they came, in every form, and answers for every item', () => {
    const good = fc.record({
      name: fc.string({ minLength: 1, maxLength: 20 }).filter((name) => name.trim() !== ''),
      value: fc.double({ noNaN: true, noDefaultInfinity: true }),
      timestamp: fc.integer({ min: 1, max: NOW * 2 }),
    })
    const item = fc.oneof(
      { weight: 3, arbitrary: good.map((point) => ({ point, bad: false })) },
      { weight: 1, arbitrary: fc.jsonValue().map((point) => ({ point, bad: true })) },
    )
    fc.assert(
      fc.property(fc.array(item), (items) => {
        const expected = items.flatMap(({ point, bad }) => (bad ? [] : [point]))
        const array = decode(JSON.stringify(items.map(({ point }) => point)))
        const lines = decode(items.map(({ point }) => JSON.stringify(point)).join('\n'), 'ndjson')
        for (const { told, accepted, refused } of [array, lines]) {
          expect([accepted, refused]).toEqual([expected.length, items.length - expected.length])
          expect(
            told.map(({ name, value, time: [ms] }) => ({ name, value: value === 0 ? 0 : value, timestamp: ms })),
          ).toEqual(
            expected.map((point) => ({
              ...(point as object),
              value: JSON.parse(JSON.stringify((point as { value: number }).value)) as number,
            })),
          )
        }
        const bad = items.flatMap((each, index) => (each.bad ? [index] : []))
        expect(array.report.listed).toMatchObject(bad.map((index) => ({ index })))
        expect(lines.report.listed).toMatchObject(bad.map((index) => ({ line: index + 1 })))
      }),
    )
  })

  it('takes or refuses any bytes, and nothing else happens', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom<JsonForm>('json', 'ndjson'), (bytes, form) => {
        try {
          decode(Buffer.from(bytes), form)
        } catch (error) {
          expect(error).toMatchObject({ code: 'json.malformed' })
        }
      }),
    )
  })
})
