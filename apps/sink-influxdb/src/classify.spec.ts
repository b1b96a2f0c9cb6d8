import { describe, expect, it } from '@jest/globals'
import { classify } from './classify.ts'
import type { Verdict } from './classify.ts'

const NOW = Date.parse('2026-01-01T00:00:00Z')
const json = (code: string, message: string): string => JSON.stringify({ code, message })
const partial = (cause: string): string =>
  json('unprocessable entity', `failure writing points to database: partial write: ${cause}`)

const RETENTION =
  'dropped 2 points outside retention policy of duration 240h0m0s - oldest point a,t=1 at 2020-09-13T12:26:40Z dropped because it violates a ' +
  'Retention Policy Lower Bound at 2026-11-12T19:16:15Z, newest point a,t=1 at 2020-09-13T12:26:40Z dropped because it violates a Retention Policy ' +
  'Lower Bound at 2026-11-12T19:16:15Z dropped=2 for database: 154bba7a7440e198 for retention policy: autogen'
const CONFLICT =
  'field type conflict: input field "value" on measurement "a" is type integer, already exists as type float dropped=1'

/** Every status that InfluxDB 2.7 and what may stand in front of it answer with, bodies as they were seen. */
const TABLE: readonly [title: string, status: number, body: string, expected: Partial<Verdict>][] = [
  ['written', 204, '', { kind: 'written' }],
  ['written, by a compatible server', 200, '', { kind: 'written' }],
  [
    'unparseable lines',
    400,
    json(
      'invalid',
      "unable to parse 'a,t=1 v=abc 1': invalid boolean\nunable to parse ',x=1 v=2 1': missing measurement",
    ),
    { kind: 'unparseable', lines: ['a,t=1 v=abc 1', ',x=1 v=2 1'] },
  ],
  [
    'a request that is not valid',
    400,
    json('invalid', 'gzipped HTTP body'),
    { kind: 'refused', reason: 'request_invalid' },
  ],
  ['a 400 of a proxy', 400, '<html>', { kind: 'retry' }],
  ['wrong token', 401, json('unauthorized', 'unauthorized access'), { kind: 'denied', message: 'unauthorized access' }],
  ['token for other buckets', 403, json('forbidden', 'insufficient permissions for write'), { kind: 'denied' }],
  ['no bucket', 404, json('not found', 'bucket "nope" not found'), { kind: 'missing' }],
  ['a wrong address', 404, '404 page not found', { kind: 'retry' }],
  ['method not allowed', 405, '', { kind: 'retry' }],
  ['a timeout of a proxy', 408, '', { kind: 'retry' }],
  ['request too large', 413, json('request too large', 'points batch is too large'), { kind: 'too_large' }],
  ['beyond retention', 422, partial(RETENTION), { kind: 'too_old', dropped: 2 }],
  [
    'beyond retention, older servers',
    422,
    partial('points beyond retention policy dropped=3'),
    { kind: 'too_old', dropped: 3 },
  ],
  ['field type conflict', 422, partial(CONFLICT), { kind: 'refused', dropped: 1, reason: 'field_type_conflict' }],
  [
    'a metric named to deceive',
    422,
    partial(
      'field type conflict: input field "v" on measurement "points beyond retention policy dropped=9" is type integer dropped=1',
    ),
    { kind: 'refused', dropped: 1, reason: 'field_type_conflict' },
  ],
  [
    'series limit',
    422,
    partial('max-series-per-database limit exceeded: (10) dropped=1'),
    { kind: 'refused', reason: 'series_limit' },
  ],
  [
    'other partial writes',
    422,
    partial('something new'),
    { kind: 'refused', dropped: undefined, reason: 'write_refused' },
  ],
  ['a shard on its way out', 422, partial('shard 7 is pending deletion dropped=2'), { kind: 'retry' }],
  ['a 422 of a proxy', 422, 'nope', { kind: 'retry' }],
  [
    'internal error',
    500,
    json('internal error', 'unexpected error writing points to database: timeout'),
    { kind: 'retry' },
  ],
  ['bad gateway', 502, '', { kind: 'retry' }],
  ['gateway timeout', 504, '', { kind: 'retry' }],
]

describe('classify', () => {
  it.each(TABLE)('%s (%d)', (_title, status, body, expected) => {
    expect(classify({ status, body, retryAfter: undefined }, NOW)).toMatchObject(expected)
  })

  it.each([
    [429, '7', 7000],
    [503, '0', 0],
    [503, 'Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
    [503, 'Thu, 01 Jan 2020 00:00:00 GMT', 0],
    [429, 'soon', undefined],
    [503, undefined, undefined],
  ])('waits as told after %d with Retry-After %s', (status, retryAfter, afterMs) => {
    const verdict = classify({ status, body: json('unavailable', 'later'), retryAfter }, NOW)
    expect(verdict).toEqual({ kind: 'retry', afterMs, message: `HTTP ${status}: later` })
  })

  it('never takes an unknown status for a refusal of data', () => {
    for (let status = 100; status < 600; status += 1) {
      const { kind } = classify({ status, body: '', retryAfter: undefined }, NOW)
      expect(['written', 'denied', 'too_large', 'retry']).toContain(kind)
    }
  })
})
