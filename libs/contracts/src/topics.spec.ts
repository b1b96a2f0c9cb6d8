import { describe, expect, it } from '@jest/globals'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MAX_BATCH_BYTES, SCHEMAS, TOPICS, isTenantId } from './index.ts'

describe('the topic table', () => {
  it('names topics pegel.<what>.v<major>, each once', () => {
    const names = TOPICS.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^pegel\.[a-z-]+\.v\d+$/)
  })

  it('gives all topics that share partition numbers with the data the same count', () => {
    for (const what of [
      'ingest',
      'ingest-direct',
      'metrics',
      'events',
      'parked',
      'replay',
      'sink-state',
      'detector-state',
      'alerts',
      'alert-state',
    ]) {
      expect(TOPICS.find(({ name }) => name === `pegel.${what}.v1`)?.partitions).toBe('data')
    }
  })

  it('has a retention where records are deleted, and none where they are compacted', () => {
    for (const { cleanup, retentionDays } of TOPICS) expect(retentionDays !== undefined).toBe(cleanup === 'delete')
  })

  it('is the one in the README', () => {
    const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')
    const listed = [
      ...readme.matchAll(/^\| `(pegel\.[^`]+)` +\| (\w+).*\| (compacted|\d+ days|MONITORING_RETENTION_DAYS) +\|$/gm),
    ]
    const kept = {
      compact: () => 'compacted',
      delete: (days: unknown) => (typeof days === 'number' ? `${days} days` : 'MONITORING_RETENTION_DAYS'),
    }
    expect(listed.map(([, name, , retention]) => [name, retention])).toEqual(
      TOPICS.map(({ name, cleanup, retentionDays }) => [name, kept[cleanup](retentionDays)]),
    )
    for (const [, , record] of listed) expect(Object.keys(SCHEMAS)).toContain(record)
  })

  it('leaves room for a batch beyond the size at which it is split', () => {
    for (const { maxMessageBytes } of TOPICS) expect(maxMessageBytes).toBeGreaterThan(MAX_BATCH_BYTES)
  })
})

it.each([
  ['acme', true],
  ['a', true],
  ['0_9', true],
  [`a${'b'.repeat(62)}`, true],
  [`a${'b'.repeat(63)}`, false],
  ['', false],
  ['_acme', false],
  ['Acme', false],
  ['ac-me', false],
  ['acme\n', false],
  ['a/b', false],
])('tenant id %j: %s', (id, valid) => {
  expect(isTenantId(id)).toBe(valid)
})

it('every record has a full name and a fingerprint of its own', () => {
  const schemas = Object.entries(SCHEMAS)
  for (const [name, schema] of schemas) expect(schema).toMatchObject({ name, fullName: `pegel.v1.${name}` })
  expect(new Set(schemas.map(([, { fingerprint }]) => fingerprint)).size).toBe(schemas.length)
})
