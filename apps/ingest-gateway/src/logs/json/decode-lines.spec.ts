import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { LogRefusal } from '../log-refusals.ts'
import type { DecodedLog } from '../log-sink.ts'
import { decodeLogLines } from './decode-lines.ts'

function decode(body: Buffer | string, refuse: (log: DecodedLog) => LogRefusal | undefined = () => undefined) {
  const logs: (DecodedLog & { readonly service: string })[] = []
  const refused: LogRefusal[] = []
  let service = ''
  const rejected = decodeLogLines(Buffer.from(body), 'acme', {
    isFull: false,
    group: (origin) => (service = origin.service),
    log: (log) => {
      const reason = refuse(log)
      if (reason === undefined) logs.push({ ...log, service })
      return reason
    },
    refuse: (reason) => refused.push(reason),
  })
  return { logs, rejected, refused }
}

const line = {
  timestamp: '2026-01-01T01:00:00.123456789+01:00',
  level: 'ERROR',
  service: 'shop',
  tenant_id: 'acme',
  message: 'card refused',
  metadata: { card: 'visa', user: { id: 7, 'full name': null }, tags: ['a', 1], ok: true },
  trace_id: '0AF7651916CD43DD8448EB211C80319C',
  span_id: 'b7ad6b7169203331',
}

describe('decodeLogLines', () => {
  it('takes the documented shape', () => {
    expect(decode(JSON.stringify(line))).toEqual({
      rejected: [],
      refused: [],
      logs: [
        {
          service: 'shop',
          time: { ms: Date.parse('2026-01-01T00:00:00.123Z'), ns: 456_789 },
          observed: { ms: 0, ns: 0 },
          severity: 0,
          severityText: 'ERROR',
          message: 'card refused',
          name: '',
          traceId: '0af7651916cd43dd8448eb211c80319c',
          spanId: 'b7ad6b7169203331',
          attributes: [
            { key: 'card', value: 'visa' },
            { key: 'user.id', value: '7' },
            { key: 'tags', value: '["a",1]' },
            { key: 'ok', value: 'true' },
          ],
        },
      ],
    })
  })

  it.each([
    ['an object', JSON.stringify({ message: 'a' })],
    ['an object over several lines', JSON.stringify({ message: 'a' }, null, 2)],
    ['an array', '[{"message":"a"}]'],
    ['a line', '{"message":"a"}\n'],
    ['a byte order mark before it', '\uFEFF{"message":"a"}'],
  ])('takes %s', (_form, body) => {
    expect(decode(body).logs).toMatchObject([{ message: 'a', service: '', time: { ms: 0, ns: 0 } }])
  })

  it('takes lines, skips empty ones and counts them', () => {
    const { logs, rejected } = decode('{"message":"a","service":"x"}\r\n\n{"message":1}\n{"message":"b"}\nnot json')
    expect(logs).toMatchObject([
      { message: 'a', service: 'x' },
      { message: 'b', service: '' },
    ])
    expect(rejected).toMatchObject([
      { line: 3, code: 'invalid_line' },
      { line: 5, code: 'invalid_line', message: 'it is not JSON' },
    ])
  })

  it('takes ms since 1970, and no time at all', () => {
    expect(decode('[{"message":"a","timestamp":1700000000123},{"message":"b"}]').logs).toMatchObject([
      { time: { ms: 1_700_000_000_123, ns: 0 } },
      { time: { ms: 0, ns: 0 } },
    ])
  })

  it('names what the limits refuse', () => {
    const { rejected } = decode('[{"message":"a"},{"message":"b"}]', ({ message }) =>
      message === 'b' ? 'max_log_bytes' : undefined,
    )
    expect(rejected).toEqual([
      { index: 1, code: 'max_log_bytes', message: 'larger than limits.max_log_bytes with its attributes' },
    ])
  })

  it.each([
    [{}, 'message: '],
    [{ message: 7 }, 'message: '],
    [{ message: 'a', timestamp: 'yesterday' }, 'timestamp: must be ISO 8601'],
    [{ message: 'a', timestamp: '2026-01-01T00:00:00' }, 'timestamp: must be ISO 8601'],
    [{ message: 'a', timestamp: 1.5 }, 'timestamp: '],
    [{ message: 'a', level: 3 }, 'level: '],
    [{ message: 'a', level: 'x'.repeat(65) }, 'level: '],
    [{ message: 'a', metadata: [] }, 'metadata: '],
    [{ message: 'a', trace_id: 'xyz' }, 'trace_id: must be 32 hexadecimal digits'],
    [{ message: 'a', user: 'x' }, 'user'],
    ['text', ''],
    [null, ''],
    [[], ''],
  ])('rejects %j', (value, message) => {
    const { logs, rejected, refused } = decode(JSON.stringify([{ message: 'good' }, value]))
    expect(logs).toHaveLength(1)
    expect(rejected).toMatchObject([{ index: 1, code: 'invalid_line', message: expect.stringContaining(message) }])
    expect(refused).toEqual(['invalid_line'])
  })

  it('rejects what names another tenant', () => {
    const { rejected } = decode('{"message":"a","tenant_id":"globex"}')
    expect(rejected).toMatchObject([{ line: 1, code: 'tenant_mismatch' }])
  })

  it('rejects metadata that nests without end', () => {
    const deep = (levels: number): string =>
      `{"message":"a","metadata":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}}`
    expect(decode(deep(16)).rejected).toEqual([])
    expect(decode(deep(17)).rejected).toMatchObject([{ message: 'metadata: it nests deeper than 16 levels' }])
    const list = `{"message":"a","metadata":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`
    expect(decode(list).rejected).toMatchObject([{ code: 'invalid_line' }])
  })

  it.each([
    ['', 'it is empty'],
    [' \n ', 'it is empty'],
    ['[{"message":"a"}', 'it is not JSON'],
    [Buffer.from([0x22, 0xff, 0x22]), 'not valid UTF-8'],
  ])('refuses %j whole', (body, problem) => {
    expect(() => decode(body)).toThrow(problem)
  })

  it('answers for every line, whatever stands in it', () => {
    const json = fc.json().map((text) => text.replaceAll('\n', ' '))
    const good = fc.record({ message: fc.string(), level: fc.string({ maxLength: 64 }) })
    const line = fc.oneof(
      json,
      good.map((each) => JSON.stringify(each)),
      fc.string(),
    )
    fc.assert(
      fc.property(fc.array(line), (texts) => {
        const body = ['{"message":"first"}', ...texts].join('\n')
        const { logs, rejected, refused } = decode(body)
        expect(refused).toHaveLength(rejected.length)
        const lines = body.split('\n').filter((text) => text.trim() !== '')
        expect(logs.length + rejected.length).toBe(lines.length)
      }),
      { numRuns: 300, endOnFailure: true },
    )
  })
})
