import { describe, expect, it } from '@jest/globals'
import type { KafkaRecord } from '@pegel/kafka'
import { fakeTenants, logBatchOf, logEvent, logGroup, tenantConfig } from '@pegel/testing'
import { logRecords } from './log-records.ts'
import { SinkJudge } from './sink-judge.ts'

const two = [logGroup([logEvent()]), logGroup([logEvent()])]

function recordOf(tenant: string, overrides: Parameters<typeof logBatchOf>[2] = {}, key = tenant): KafkaRecord {
  const { value } = logBatchOf(tenant, two, overrides)
  const place = { topic: 'pegel.events.v1', partition: 4, offset: 12, timestampMs: 7 }
  return { ...place, key: Buffer.from(key), value, headers: {} }
}

function judge(record: KafkaRecord, ...tenants: Parameters<typeof tenantConfig>[]) {
  const known = fakeTenants(tenants.map((each) => tenantConfig(...each)))
  return new SinkJudge({ sinkName: 'elasticsearch', tenants: known, kind: logRecords() }).judge(record)
}

describe('log records', () => {
  it('are their own source, and their events are what is counted', () => {
    expect(judge(recordOf('acme'), ['acme'])).toMatchObject({
      kind: 'write',
      config: { tenant: 'acme' },
      record: {
        envelope: { tenant: 'acme', points: 2, configVersion: 1 },
        source: { topic: 'pegel.events.v1', partition: 4, offset: 12, appendTimeMs: 7, part: 0, parts: 1 },
        position: { partition: 4, offset: 12 },
        select: null,
        batch: { tenant: 'acme', events: 2 },
      },
    })
  })

  it('of pegel itself are written, though it has no file', () => {
    const record = recordOf('pegel', { configVersion: 0 })
    expect(judge(record)).toMatchObject({ kind: 'write', config: { tenant: 'pegel', version: 0 } })
  })

  it.each([
    ['a key of another tenant', recordOf('acme', {}, 'other'), 'tenant_mismatch'],
    ['a key of pegel', recordOf('acme', {}, 'pegel'), 'tenant_mismatch'],
    ['bytes that are no batch', { ...recordOf('acme'), value: Buffer.from('x') }, 'decode_failed'],
    ['another number of events than it names', recordOf('acme', { events: 3 }), 'count_mismatch'],
  ])('are refused for %s', (_what, record, reason) => {
    expect(judge(record, ['acme'])).toMatchObject({ kind: 'refuse', reason })
  })

  it('of a tenant that does not use the sink are skipped, those of one that has not been read yet wait', () => {
    expect(judge(recordOf('acme'), ['acme', { sinks: ['influxdb'] }])).toMatchObject({ kind: 'skip', as: 'notRouted' })
    expect(judge(recordOf('acme'))).toMatchObject({ kind: 'wait', reason: 'tenant_version_unknown' })
  })
})
