import { describe, expect, it } from '@jest/globals'
import { classify, classifySent, retryAfterMs } from './classify.ts'

type Row = readonly [status: number, body: string, expected: string]

/** Bodies as Prometheus 2.42 and 3, Mimir and Cortex send them. */
const TABLE: readonly Row[] = [
  [200, '', 'stored'],
  [204, '', 'stored'],
  [400, 'out of order sample', 'refused out_of_order'],
  [400, 'out of bounds', 'refused too_old'],
  [400, 'too old sample', 'refused too_old'],
  [500, 'too old sample', 'refused too_old'],
  [400, 'duplicate sample for timestamp', 'refused duplicate'],
  [400, 'duplicate sample for timestamp 1; overrides not allowed: existing 2, new value 3', 'refused duplicate'],
  [500, 'native histograms are disabled', 'refused native_histograms_disabled'],
  [400, 'snappy: corrupt input', 'refused refused'],
  [
    400,
    'user=a: err: out of order sample. timestamp=2024-01-01T00:00:00Z, series={__name__="up"}',
    'refused out_of_order',
  ],
  [400, 'user=a: err: timestamp too old: 1, metric: "up"', 'refused too_old'],
  [400, 'user=a: err: timestamp too new: 1, metric: "up"', 'refused too_new'],
  [
    400,
    'send data to ingesters: (err-mimir-sample-out-of-order). The affected sample has timestamp',
    'refused out_of_order',
  ],
  [400, 'the sample has been rejected (err-mimir-sample-timestamp-too-old)', 'refused too_old'],
  [400, 'sample was rejected (err-mimir-sample-duplicate-timestamp)', 'refused duplicate'],
  [400, 'received a sample whose timestamp is too far in the future (err-mimir-too-far-in-future)', 'refused too_new'],
  [400, 'per-user series limit of 100 exceeded (err-mimir-max-series-per-user)', 'refused limit'],
  [
    400,
    'received a series whose label value length exceeds the limit (err-mimir-label-value-too-long)',
    'refused limit',
  ],
  [422, 'cannot be processed', 'refused refused'],
  [413, 'received message larger than max', 'too_large'],
  [401, 'no org id', 'retry status_401'],
  [403, '', 'retry status_403'],
  [404, '', 'retry status_404'],
  [408, '', 'retry status_408'],
  [415, '', 'retry status_415'],
  [429, 'err-mimir-tenant-max-ingestion-rate out of order sample', 'retry status_429'],
  [500, 'disk full', 'retry status_500'],
  [502, '', 'retry status_502'],
  [503, 'out of order sample', 'retry status_503'],
  [302, '', 'retry status_302'],
]

describe('classify', () => {
  it.each(TABLE)('%i %s: %s', (status, body, expected) => {
    const verdict = classify({ status, body, retryAfter: undefined })
    const reason = 'reason' in verdict ? ` ${verdict.reason}` : ''
    expect(`${verdict.kind}${reason}`).toBe(expected)
  })

  it('keeps the answer as one line of bounded length', () => {
    const verdict = classify({ status: 400, body: `a\n  b ${'c'.repeat(1_000)}`, retryAfter: undefined })
    expect(verdict).toMatchObject({ message: expect.stringMatching(/^a b c{296}$/) })
  })

  it('passes on when to come again', () => {
    expect(classify({ status: 429, body: '', retryAfter: '3' })).toMatchObject({ kind: 'retry', afterMs: 3_000 })
    expect(classify({ status: 503, body: '', retryAfter: undefined })).toMatchObject({
      kind: 'retry',
      afterMs: undefined,
    })
  })
})

describe('classifySent', () => {
  const sent = { version: '2.0', counts: () => ({ samples: 3, histograms: 1 }) } as const
  it.each([
    [204, '', [3, 1], 'stored'],
    [200, '', [5, 1], 'stored'],
    [400, 'out of order exemplar', [3, 1], 'stored'],
    [400, 'out of order sample', [2, 1], 'refused out_of_order'],
    [400, 'out of order sample', null, 'refused out_of_order'],
    [204, '', [2, 1], 'refused not_written'],
    [204, '', [0, 0], 'refused not_written'],
    [204, '', [3, 0], 'refused native_histograms_disabled'],
    [204, '', null, 'retry unsupported_version'],
    [415, 'unsupported media type', null, 'retry unsupported_version'],
    [500, '', [3, 1], 'retry status_500'],
    [429, '', [0, 0], 'retry status_429'],
  ])('%i %s, written %j: %s', (status, body, written, expected) => {
    const counts = written === null ? {} : { written: { samples: written[0] ?? 0, histograms: written[1] ?? 0 } }
    const verdict = classifySent({ status, body, retryAfter: undefined, ...counts }, sent)
    expect(`${verdict.kind}${'reason' in verdict ? ` ${verdict.reason}` : ''}`).toBe(expected)
  })

  it('asks no receiver of 1.0 for headers', () => {
    const answer = { status: 204, body: '', retryAfter: undefined }
    expect(classifySent(answer, { ...sent, version: '1.0' })).toEqual({ kind: 'stored' })
  })
})

describe('retryAfterMs', () => {
  it.each([
    ['0', 0],
    ['1.5', 1_500],
    ['-4', 0],
    ['Thu, 01 Jan 1970 00:01:00 GMT', 30_000],
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['soon', undefined],
    [' ', undefined],
    [undefined, undefined],
  ])('%s', (header, expected) => {
    expect(retryAfterMs(header, 30_000)).toBe(expected)
  })
})
