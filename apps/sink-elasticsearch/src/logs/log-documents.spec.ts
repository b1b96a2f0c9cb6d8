import { describe, expect, it } from '@jest/globals'
import { logBatchOf, logEvent, logGroup } from '@pegel/testing'
import type { LogBatch, LogEvent, LogGroup } from '@pegel/contracts'
import { documentsOf, plainDocumentOf } from './log-documents.ts'
import type { LogDocument } from './log-documents.ts'

const place = { dataset: 'pegel', tenant: 'acme' }
const batchId = Buffer.alloc(16, 0xff)
const AT = Date.parse('2026-01-01T00:00:00.123Z')
const event = (overrides: Partial<LogEvent> = {}): LogEvent => logEvent({ timeMs: AT, timeNs: 45, ...overrides })
const recordOf = (groups: readonly LogGroup[], overrides: Partial<LogBatch> = {}) =>
  logBatchOf('acme', groups, { batchId, receivedAtMs: 1000, ...overrides }).record

function linesOf({ lines }: LogDocument): readonly Record<string, unknown>[] {
  const [action = '', source = '', ...rest] = lines.toString().split('\n')
  expect(rest).toEqual([''])
  return [JSON.parse(action), JSON.parse(source)] as Record<string, unknown>[]
}

describe('documentsOf', () => {
  it('writes names of the Elastic Common Schema, and an id of the batch and the index in it', () => {
    const full = event({
      severity: 13,
      level: 'warn',
      message: 'slow "query"\n',
      observedMs: 2000,
      traceId: 'aa',
      spanId: 'bb',
      name: 'query.slow',
      category: 'database',
      outcome: 'success',
      sourceAddress: '10.0.0.1',
      attributes: [{ key: 'db', value: 'x' }],
    })
    const group = { service: 'db', resource: [{ key: 'host.name', value: 'h' }], scopeName: 's', scopeVersion: '1' }
    const [document] = documentsOf(recordOf([logGroup([full], group)]), 0, place)
    expect(document && linesOf(document)).toEqual([
      { create: { _id: '_____________________w-0' } },
      {
        '@timestamp': '2026-01-01T00:00:00.123000045Z',
        message: 'slow "query"\n',
        tenant: 'acme',
        organization: { id: 'acme' },
        data_stream: { type: 'logs', dataset: 'pegel', namespace: 'acme' },
        log: { level: 'warn' },
        service: { name: 'db' },
        trace: { id: 'aa' },
        span: { id: 'bb' },
        event: {
          action: 'query.slow',
          category: 'database',
          outcome: 'success',
          severity: 13,
          created: 2000,
          ingested: 1000,
        },
        source: { ip: '10.0.0.1' },
        labels: { db: 'x' },
        resource: { attributes: { 'host.name': 'h' } },
        scope: { name: 's', version: '1' },
      },
    ])
  })

  it('leaves out what is not known', () => {
    const [document] = documentsOf(recordOf([logGroup([event({ severity: 0, level: '' })], { service: '' })]), 0, place)
    expect(Object.keys((document && linesOf(document)[1]) ?? {})).toEqual([
      ...['@timestamp', 'message', 'tenant', 'organization', 'data_stream', 'event'],
    ])
  })

  it('takes the tenant from the record alone', () => {
    const attributes = [{ key: 'tenant', value: 'other' }]
    const [document] = documentsOf(recordOf([logGroup([event({ attributes })], { resource: attributes })]), 0, place)
    expect(document && linesOf(document)[1]).toMatchObject({ tenant: 'acme', organization: { id: 'acme' } })
  })

  it('counts events through all groups, and gives those that are asked for', () => {
    const groups = [
      logGroup([event({ message: 'a' })]),
      logGroup([]),
      logGroup([event({ message: 'b' }), event({ message: 'c' })]),
    ]
    const record = recordOf(groups)
    const all = documentsOf(record, 7, place)
    expect(all.map(({ record: at, point }) => [at, point])).toEqual([
      [7, 0],
      [7, 1],
      [7, 2],
    ])
    const some = documentsOf({ ...record, select: Uint32Array.of(2) }, 7, place)
    expect(some).toEqual(all.slice(2))
  })

  it('cuts a key that is too long, and keeps two such keys apart', () => {
    const keys = ['x', 'y'].map((end) => ({ key: `${'k'.repeat(1000)}${end}`, value: end }))
    const [document] = documentsOf(recordOf([logGroup([event({ attributes: keys })])]), 0, place)
    const { labels } = (document && linesOf(document)[1]) as { labels: Record<string, string> }
    expect(Object.values(labels)).toEqual(['x', 'y'])
    for (const key of Object.keys(labels)) expect(key.length).toBeLessThan(600)
  })
})

describe('plainDocumentOf', () => {
  it('has the same id and no field that a client could fill with anything', () => {
    const attributes = [{ key: 'user', value: 'anna' }]
    const groups = [logGroup([event()]), logGroup([event({ message: 'b', attributes, sourceAddress: '10.0.0.1' })])]
    const record = recordOf(groups)
    const [, full] = documentsOf(record, 0, place)
    if (full === undefined) throw new Error('two documents')
    const plain = plainDocumentOf(record, full, place)
    expect(linesOf(plain)[0]).toEqual(linesOf(full)[0])
    const [, source] = linesOf(plain) as readonly [unknown, { event: { original: string }; message: string }]
    expect(Object.keys(source).toSorted()).toEqual([
      ...['@timestamp', 'data_stream', 'event', 'log', 'message', 'organization', 'service', 'tags', 'tenant'],
    ])
    expect(JSON.parse(source.event.original)).toMatchObject({ labels: attributes })
    expect(source.message).toBe('b')
  })
})
