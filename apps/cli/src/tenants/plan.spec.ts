import { describe, expect, it } from '@jest/globals'
import { planApply } from './plan.ts'
import type { PublishedVersion } from './plan.ts'
import { formatPlan, formatTenants } from './print.ts'

const DAY_MS = 86_400_000
const NOW = 100 * DAY_MS

function published(tenant: string, version: number, over: Partial<PublishedVersion> = {}): PublishedVersion {
  const yaml = `tenant: ${tenant}`
  return { tenant, version, deleted: false, yaml, appliedAtMs: 0, publishedAtMs: NOW - DAY_MS, offset: 0, ...over }
}

function plan(files: Record<string, string>, versions: readonly PublishedVersion[], prune = false) {
  const sources = Object.entries(files).map(([tenant, text]) => ({ tenant, file: `${tenant}.yaml`, text }))
  return planApply({ files: sources, published: versions, prune, nowMs: NOW })
}

describe('planApply', () => {
  it('creates, updates and restores, each with the next version, and leaves what is the same', () => {
    const { changes, unchanged } = plan({ a: 'tenant: a', b: 'tenant: b\n# new', c: 'tenant: c', d: 'tenant: d' }, [
      published('b', 3),
      published('b', 2),
      published('c', 5, { deleted: true, yaml: '' }),
      published('d', 1),
    ])
    expect(changes.map(({ kind, file, record }) => [kind, file, record.tenant, record.version])).toEqual([
      ['create', 'a.yaml', 'a', 1],
      ['update', 'b.yaml', 'b', 4],
      ['restore', 'c.yaml', 'c', 6],
    ])
    expect(changes[1]?.record).toEqual({
      tenant: 'b',
      version: 4,
      deleted: false,
      yaml: 'tenant: b\n# new',
      appliedAtMs: NOW,
    })
    expect(unchanged).toEqual(['d'])
  })

  it('names what is in no file, and deletes it only when asked', () => {
    const versions = [published('a', 2), published('gone', 1, { deleted: true })]
    expect(plan({}, versions)).toMatchObject({ changes: [], extra: ['a'] })
    const { changes, extra } = plan({}, versions, true)
    expect(changes).toEqual([
      { kind: 'delete', file: '', record: { tenant: 'a', version: 3, deleted: true, yaml: '', appliedAtMs: NOW } },
    ])
    expect(extra).toEqual([])
  })

  it('forgets versions that were superseded before any kept record, never the newest', () => {
    const { expired } = plan({ a: 'tenant: a' }, [
      published('a', 1, { publishedAtMs: NOW - 60 * DAY_MS }),
      published('a', 2, { publishedAtMs: NOW - 40 * DAY_MS }),
      published('a', 3, { publishedAtMs: NOW - 7 * DAY_MS }),
    ])
    expect(expired).toEqual([{ tenant: 'a', version: 1 }])
  })
})

describe('formatPlan', () => {
  it('says in a line each what happens', () => {
    const text = formatPlan(plan({ a: 'tenant: a', d: 'tenant: d' }, [published('d', 1), published('e', 1)]))
    expect(text).toBe(
      '+ create a version 1 from a.yaml\n? e is published and in no file; --prune deletes it\n1 to publish, 1 unchanged\n',
    )
    expect(formatPlan(plan({}, [published('e', 1)], true))).toContain('- delete e version 2\n')
    const old = published('a', 1, { publishedAtMs: 0 })
    expect(formatPlan(plan({}, [old, published('a', 2, { publishedAtMs: 1 })]))).toContain('1 old versions forgotten')
  })
})

describe('formatTenants', () => {
  it('shows the newest version of each', () => {
    const text = formatTenants([
      published('b', 2, { deleted: true }),
      published('a', 1),
      published('a', 12, { yaml: 'tenant: a\nsinks: [influxdb]' }),
      published('c', 1, { yaml: '[' }),
    ])
    expect(text.split('\n').map((line) => line.split(/\s+/).slice(0, 3).join(' '))).toEqual([
      'TENANT VERSION STATE',
      'a 12 active',
      'b 2 deleted',
      'c 1 unreadable',
      '',
    ])
    expect(text).toContain('influxdb')
  })
})
