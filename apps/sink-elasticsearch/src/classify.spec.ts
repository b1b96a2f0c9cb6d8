import { describe, expect, it } from '@jest/globals'
import { classify, classifyItem } from './classify.ts'
import type { ItemVerdict, Verdict } from './classify.ts'

const NOW = Date.parse('2026-01-01T00:00:00Z')

/** Every item that Elasticsearch 8.19 answers with, errors as they were seen. */
const ITEMS: readonly [
  title: string,
  status: number,
  type: string,
  reason: string,
  cause: string,
  expected: Partial<ItemVerdict>,
][] = [
  ['created', 201, '', '', '', { kind: 'stored' }],
  ['updated, by a compatible server', 200, '', '', '', { kind: 'stored' }],
  [
    'there already',
    409,
    'version_conflict_engine_exception',
    '[id]: version conflict, document already exists',
    '',
    { kind: 'present' },
  ],
  [
    'outside the time of the stream',
    400,
    'timestamp_error',
    'the document timestamp [2019-01-01T00:00:00.000Z] is outside of ranges of currently writable indices [[2020-01-01T00:00:00Z,2040-01-01T00:00:00Z]]',
    '',
    { kind: 'late' },
  ],
  [
    'outside the time of the index',
    400,
    'illegal_argument_exception',
    'time series index @timestamp value [2019-01-01T00:00:00.000Z] must be larger than 2020-01-01T00:00:00Z',
    '',
    { kind: 'late' },
  ],
  [
    'an older index made read-only',
    403,
    'cluster_block_exception',
    'index [.ds-x] blocked by: [FORBIDDEN/8/index write (api)];',
    '',
    { kind: 'late' },
  ],
  [
    'a cluster block',
    403,
    'cluster_block_exception',
    'blocked by: [FORBIDDEN/6/cluster read-only (api)];',
    '',
    { kind: 'retry' },
  ],
  [
    'no time at all',
    400,
    'timestamp_error',
    'Error extracting data stream timestamp field: Failed to parse object',
    '',
    { kind: 'refused', reason: 'timestamp_refused', splittable: false },
  ],
  [
    'a time before 1970',
    400,
    'document_parsing_exception',
    "[1:15] failed to parse field [@timestamp] of type [date_nanos] in document with id 'x'. Preview of field's value: '1969'",
    'before the epoch in 1970 and cannot be stored in nanosecond resolution',
    { kind: 'refused', reason: 'timestamp_refused', splittable: false },
  ],
  [
    'too many fields',
    400,
    'document_parsing_exception',
    '[1:735] failed to parse: Limit of total fields [60] has been exceeded while adding new fields [37]',
    'Limit of total fields [60] has been exceeded while adding new fields [37]',
    { kind: 'refused', reason: 'field_limit', splittable: true },
  ],
  [
    'a label beyond 32,766 bytes',
    400,
    'document_parsing_exception',
    "[1:103] failed to parse field [attributes.long] of type [keyword] in a time series document at [x]. Preview of field's value: 'x'",
    'DocValuesField "attributes.long" is too large',
    { kind: 'refused', reason: 'label_refused', splittable: false },
  ],
  [
    'another type for the field',
    400,
    'document_parsing_exception',
    "[1:98] failed to parse field [metrics.c] of type [date] in a time series document at [x]. Preview of field's value: '1'",
    'For input string',
    { kind: 'refused', reason: 'mapping_conflict', splittable: true },
  ],
  [
    'any other 400',
    400,
    'x_content_parse_exception',
    'new',
    '',
    { kind: 'refused', reason: 'document_refused', splittable: true },
  ],
  ['no privilege on the index', 403, 'security_exception', 'action is unauthorized', '', { kind: 'denied' }],
  ['no template', 404, 'index_not_found_exception', 'no such index [x]', '', { kind: 'missing' }],
  ['overload', 429, 'es_rejected_execution_exception', 'rejected execution', '', { kind: 'retry' }],
  ['disk full', 429, 'cluster_block_exception', 'TOO_MANY_REQUESTS/12/disk usage exceeded', '', { kind: 'retry' }],
  [
    'a shard without a primary',
    503,
    'unavailable_shards_exception',
    'primary shard is not active',
    '',
    { kind: 'retry' },
  ],
  ['something broken', 500, 'runtime_exception', 'oops', '', { kind: 'retry' }],
]

describe('classifyItem', () => {
  it.each(ITEMS)('%s (%d)', (_title, status, type, reason, cause, expected) => {
    const error = { type, reason, ...(cause === '' ? {} : { caused_by: { reason: cause } }) }
    expect(classifyItem({ status, error })).toMatchObject(expected)
  })

  it('never takes an unknown status for a refusal of data', () => {
    for (let status = 100; status < 600; status += 1) {
      if (status !== 400) expect(classifyItem({ status }).kind).not.toBe('refused')
    }
    expect(classifyItem({}).kind).toBe('retry')
  })

  it('is not deceived by a metric that is named like an error', () => {
    const name = 'the document timestamp [x] is outside of ranges of currently writable indices'
    const reason = `[1:98] failed to parse field [metrics.${name}] of type [double]`
    expect(classifyItem({ status: 400, error: { type: 'document_parsing_exception', reason } })).toMatchObject({
      kind: 'refused',
      reason: 'mapping_conflict',
    })
  })
})

const REQUESTS: readonly [title: string, status: number, body: unknown, expected: Partial<Verdict>][] = [
  ['too large', 413, '', { kind: 'too_large' }],
  [
    'no credentials',
    401,
    { error: { type: 'security_exception', reason: 'missing authentication' } },
    { kind: 'denied' },
  ],
  ['not allowed', 403, { error: { type: 'security_exception', reason: 'unauthorized' } }, { kind: 'denied' }],
  [
    'not readable',
    400,
    { error: { reason: 'Unrecognized token' } },
    { kind: 'retry', message: 'HTTP 400: Unrecognized token' },
  ],
  ['a wrong address', 404, '<html>', { kind: 'retry' }],
  ['overload', 429, { error: { reason: 'busy' } }, { kind: 'retry' }],
  ['no master', 503, { error: { reason: 'no master' } }, { kind: 'retry' }],
  ['bad gateway', 502, 'bad gateway', { kind: 'retry', message: 'HTTP 502: bad gateway' }],
  ['fewer answers than documents', 200, { items: [{ create: { status: 201 } }] }, { kind: 'retry' }],
  ['no answers', 200, {}, { kind: 'retry' }],
  ['nothing of ours', 200, 'hello', { kind: 'retry' }],
]

describe('classify', () => {
  it.each(REQUESTS)('%s (%d)', (_title, status, body, expected) => {
    expect(classify({ status, body, retryAfter: undefined }, 2, NOW)).toMatchObject(expected)
  })

  it('answers for each document in order', () => {
    const items = [
      { create: { status: 201 } },
      { create: { status: 409, error: { type: 't', reason: 'r' } } },
      { index: {} },
    ]
    expect(classify({ status: 200, body: { errors: true, items }, retryAfter: undefined }, 3, NOW)).toEqual({
      kind: 'items',
      items: [{ kind: 'stored' }, { kind: 'present' }, { kind: 'retry', message: 'HTTP 0: ' }],
    })
  })

  it.each([
    ['7', 7000],
    ['Thu, 01 Jan 2026 00:00:30 GMT', 30_000],
    ['Thu, 01 Jan 2020 00:00:00 GMT', 0],
    ['soon', undefined],
    [undefined, undefined],
  ])('waits as told by Retry-After %s', (retryAfter, afterMs) => {
    expect(classify({ status: 503, body: '', retryAfter }, 1, NOW)).toEqual({
      kind: 'retry',
      afterMs,
      message: 'HTTP 503: ',
    })
  })
})
