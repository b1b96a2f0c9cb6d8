import { describe, expect, it } from '@jest/globals'
import { MAX_BATCH_BYTES } from '@pegel/contracts'
import { DEFAULT_LIMITS } from '@pegel/tenancy'
import fc from 'fast-check'
import { LOGS } from './log-ingest.ts'
import type { DecodedLog, LogOrigin } from './log-sink.ts'
import { RequestLogs } from './request-logs.ts'

const NOW = 1_700_000_000_000
const HOUR = 3_600_000
const origin: LogOrigin = { service: 's', resource: [], scopeName: '', scopeVersion: '' }
const NEVER = { ms: 0, ns: 0 }

function log(overrides: Partial<DecodedLog> = {}): DecodedLog {
  const texts = { severityText: 'warn', message: 'm', name: '', traceId: '', spanId: '' }
  return { time: { ms: NOW, ns: 1 }, observed: NEVER, severity: 0, attributes: [], ...texts, ...overrides }
}

function requestOf(limits: Partial<typeof DEFAULT_LIMITS> = {}): RequestLogs {
  const logs = new RequestLogs({ limits: { ...DEFAULT_LIMITS, ...limits }, receivedAtMs: NOW })
  logs.group(origin)
  return logs
}

const eventsOf = (logs: RequestLogs) =>
  logs.finish().chunks.flatMap(({ groups }) => groups.flatMap(({ events }) => events))

describe('RequestLogs', () => {
  it('keeps a log with its group, its level in one spelling', () => {
    const logs = requestOf()
    expect(logs.log(log({ attributes: [{ key: 'k', value: 'v' }] }))).toBeUndefined()
    const { chunks, accepted, refused } = logs.finish()
    expect({ accepted, refused }).toEqual({ accepted: 1, refused: [] })
    expect(chunks).toMatchObject([
      {
        events: 1,
        groups: [
          {
            ...origin,
            events: [{ timeMs: NOW, timeNs: 1, level: 'warn', severity: 13, attributes: [{ key: 'k', value: 'v' }] }],
          },
        ],
      },
    ])
  })

  it.each([
    ['its own time', { time: { ms: NOW - 5, ns: 7 }, observed: { ms: NOW, ns: 0 } }, NOW - 5, 7],
    ['when it was observed', { time: NEVER, observed: { ms: NOW - 3, ns: 9 } }, NOW - 3, 9],
    ['when it arrived', { time: NEVER, observed: NEVER }, NOW, 0],
  ])('takes %s for its time', (_which, times, timeMs, timeNs) => {
    const logs = requestOf()
    logs.log(log(times))
    expect(eventsOf(logs)).toMatchObject([{ timeMs, timeNs, observedMs: times.observed.ms }])
  })

  it.each([
    ['max_point_age', { time: { ms: NOW - 8 * 24 * HOUR, ns: 0 } }],
    ['max_point_age', { time: { ms: Number.NaN, ns: 0 } }],
    ['max_point_future', { time: { ms: NOW + HOUR, ns: 0 } }],
    ['max_point_future', { time: { ms: 2 ** 60, ns: 0 } }],
    ['max_log_bytes', { message: 'é'.repeat(40_000) }],
    ['max_log_bytes', { attributes: [{ key: 'k', value: 'x'.repeat(70_000) }] }],
  ] as const)('refuses by %s, and that alone', (reason, wrong) => {
    const logs = requestOf()
    expect(logs.log(log())).toBeUndefined()
    expect(logs.log(log(wrong))).toBe(reason)
    expect(logs.log(log())).toBeUndefined()
    expect(logs.finish()).toMatchObject({ accepted: 2, refused: [{ reason, count: 1 }] })
  })

  it('counts what its group adds to a log', () => {
    const logs = requestOf()
    logs.group({ ...origin, resource: [{ key: 'r', value: 'x'.repeat(70_000) }] })
    expect(logs.log(log())).toBe('max_log_bytes')
  })

  it('refuses what is beyond the most of a request', () => {
    const logs = requestOf({ maxPointsPerRequest: 2 })
    expect([log(), log(), log()].map((each) => logs.log(each))).toEqual([
      undefined,
      undefined,
      'max_points_per_request',
    ])
  })

  it.each([
    ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331', '0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'],
    ['0'.repeat(32), '0'.repeat(16), '', ''],
    ['abcd', 'abcd', '', ''],
  ])('takes the ids %s and %s as OpenTelemetry does', (traceId, spanId, keptTrace, keptSpan) => {
    const logs = requestOf()
    logs.log(log({ traceId, spanId }))
    expect(eventsOf(logs)).toMatchObject([{ traceId: keptTrace, spanId: keptSpan }])
  })

  it('splits into chunks that fit into a record, in order, whatever the sizes', () => {
    const size = fc.nat({ max: 60_000 })
    const groups = fc.array(fc.record({ resource: fc.nat({ max: 2000 }), sizes: fc.array(size, { maxLength: 20 }) }))
    fc.assert(
      fc.property(groups, (all) => {
        const logs = requestOf()
        const sent: string[] = []
        for (const { resource, sizes } of all) {
          logs.group({ ...origin, resource: [{ key: 'r', value: 'é'.repeat(resource) }] })
          for (const bytes of sizes) {
            const message = `${sent.length} ${'x'.repeat(bytes)}`
            if (logs.log(log({ message })) === undefined) sent.push(message)
          }
        }
        const { chunks } = logs.finish()
        const head = { tenant: 'acme', configVersion: 1, protocol: 'p', receivedAtMs: NOW, received: 1, refused: [] }
        for (const chunk of chunks) {
          const { length } = LOGS.seal(head, [chunk])
          expect(length).toBeLessThan(MAX_BATCH_BYTES)
          expect(length).toBeLessThanOrEqual(LOGS.sizeOf(chunk) + 200)
        }
        const kept = chunks.flatMap((chunk) => chunk.groups.flatMap(({ events }) => events))
        expect(kept.map(({ message }) => message)).toEqual(sent)
        expect(chunks.reduce((sum, { events }) => sum + events, 0)).toBe(sent.length)
      }),
      { numRuns: 50, endOnFailure: true },
    )
  })

  it('is told its group first', () => {
    const logs = new RequestLogs({ limits: DEFAULT_LIMITS, receivedAtMs: NOW })
    expect(() => logs.log(log())).toThrow('before its group')
  })
})
