import { describe, expect, it } from '@jest/globals'
import { contractErrors } from '@pegel/contracts'
import { createMemoryDirectory } from '@pegel/tenancy'
import { tenantConfig } from '@pegel/testing'
import { judgeOf, metricsRecord, TENANT, tenantsOf } from '../test/sink-fixtures.ts'
import { SinkJudge } from './sink-judge.ts'
import { metricRecords } from './metric-records.ts'
import type { BatchDecoder } from './metric-records.ts'
import type { MetricRecord } from './sink.ts'

const broken = (decoder: Partial<BatchDecoder>): SinkJudge<MetricRecord> => {
  const tenants = tenantsOf(TENANT)
  const envelope = (value: Buffer) => judgeEnvelope(value)
  return new SinkJudge({
    sinkName: 'prometheus',
    tenants,
    kind: metricRecords({
      envelope,
      batch: () => {
        throw contractErrors.decode_failed({ record: 'MetricBatch', problem: 'cut off' })
      },
      ...decoder,
    }),
  })
}
const judgeEnvelope = (value: Buffer) => {
  const verdict = judgeOf().judge({ ...metricsRecord(), value })
  if (verdict.kind !== 'write') throw new Error('expected a good record')
  return verdict.record.envelope
}

describe('SinkJudge refuses whole', () => {
  it.each([
    ['a key of another tenant', metricsRecord({ key: 'other' }), 'tenant_mismatch'],
    ['no key', metricsRecord({ key: null }), 'tenant_mismatch'],
    ['a tenant that is no tenant id', metricsRecord({ tenant: '../etc' }), 'tenant_mismatch'],
    ['no source', metricsRecord({ head: { source: null } }), 'source_missing'],
    ['no value', { ...metricsRecord(), value: null }, 'empty_record'],
    ['bytes that are no batch', { ...metricsRecord(), value: Buffer.from('not avro') }, 'decode_failed'],
  ])('%s', (_what, record, reason) => {
    expect(judgeOf().judge(record)).toMatchObject({ kind: 'refuse', envelope: null, reason })
  })
})

describe('SinkJudge refuses the points of', () => {
  it('a body that cannot be read', () => {
    const verdict = broken({}).judge(metricsRecord())
    expect(verdict).toMatchObject({ kind: 'refuse', reason: 'decode_failed', envelope: { points: 2 } })
  })

  it('a body with another number of points than its envelope names', () => {
    const record = metricsRecord()
    const shorter = judgeOf().judge(metricsRecord({ points: 1 }))
    if (shorter.kind !== 'write') throw new Error('expected a good record')
    const verdict = broken({ batch: () => shorter.record }).judge(record)
    expect(verdict).toMatchObject({ kind: 'refuse', reason: 'count_mismatch', envelope: { points: 2 } })
  })

  it('a sealed body', () => {
    const judge = broken({ envelope: (value) => ({ ...judgeEnvelope(value), keyId: 'k1' }) })
    expect(judge.judge(metricsRecord())).toMatchObject({ kind: 'refuse', reason: 'sealed_body' })
  })
})

describe('SinkJudge waits', () => {
  it('for a version of the tenant that has not been read', () => {
    const verdict = judgeOf().judge(metricsRecord({ head: { configVersion: 9 } }))
    expect(verdict).toMatchObject({ kind: 'wait', reason: 'tenant_version_unknown' })
  })

  it.each([0, 1])(
    'for a tenant that nobody knows, until the tenants topic was read to its end: version %d',
    (version) => {
      const tenants = createMemoryDirectory()
      const judge = judgeOf(tenants)
      const record = metricsRecord({ head: { configVersion: version } })
      expect(judge.judge(record)).toMatchObject({ kind: 'wait', reason: 'tenant_version_unknown' })
      const ended = tenants.missed.beginLook()
      expect(judge.judge(record)).toMatchObject({ kind: 'wait', reason: 'tenant_version_unknown' })
      ended()
      expect(judge.judge(record)).toMatchObject({ kind: 'refuse', envelope: null, reason: 'unknown_tenant' })
    },
  )

  it('for a version that this program cannot read, however often it looks', () => {
    const tenants = createMemoryDirectory()
    tenants.applyUnreadable(TENANT, 1)
    const judge = judgeOf(tenants)
    judge.judge(metricsRecord())
    tenants.missed.beginLook()()
    expect(judge.judge(metricsRecord())).toMatchObject({ kind: 'wait' })
  })

  it.each(['envelope', 'batch'] as const)('for the schema of the %s', (part) => {
    const judge = broken({
      [part]: () => {
        throw contractErrors.unknown_schema({ schema: 'abc', record: 'MetricBatch' })
      },
    })
    expect(judge.judge(metricsRecord())).toMatchObject({ kind: 'wait', reason: 'unknown_schema' })
  })
})

describe('SinkJudge skips', () => {
  it('what the version in the batch does not route here, though a newer one does', () => {
    const tenants = tenantsOf()
    tenants.put(tenantConfig(TENANT, { version: 1, sinks: ['influxdb'] }))
    tenants.put(tenantConfig(TENANT, { version: 2 }))
    const verdict = judgeOf(tenants).judge(metricsRecord())
    expect(verdict).toMatchObject({ kind: 'skip', as: 'notRouted', envelope: { points: 2 } })
  })

  it('what belongs to a deleted tenant', () => {
    const tenants = tenantsOf(TENANT)
    tenants.remove(TENANT)
    expect(judgeOf(tenants).judge(metricsRecord())).toMatchObject({ kind: 'skip', as: 'tenantDeleted' })
  })
})

describe('SinkJudge lets through', () => {
  it('a good record, with its place and all its points', () => {
    const verdict = judgeOf().judge(metricsRecord({ offset: 12, partition: 4 }))
    if (verdict.kind !== 'write') throw new Error('expected a good record')
    const { record, config } = verdict
    expect(config.version).toBe(1)
    expect(record.position).toEqual({ partition: 4, offset: 12 })
    expect(record.points.columns.length).toBe(2)
    expect(record.select).toBeNull()
  })

  it('a record without a version, by the newest one', () => {
    const tenants = tenantsOf(TENANT)
    tenants.put(tenantConfig(TENANT, { version: 5 }))
    const verdict = judgeOf(tenants).judge(metricsRecord({ head: { configVersion: 0 } }))
    expect(verdict).toMatchObject({ kind: 'write', config: { version: 5 } })
  })

  it('a record of a version that was forgotten, by the newest one', () => {
    const tenants = tenantsOf()
    tenants.put(tenantConfig(TENANT, { version: 5 }))
    expect(judgeOf(tenants).judge(metricsRecord())).toMatchObject({ kind: 'write', config: { version: 5 } })
  })
})
