import { describe, expect, it } from '@jest/globals'
import avro from 'avsc'
import type { AvroJson } from './avro/canonical-form.ts'
import { schemaFingerprint } from './avro/canonical-form.ts'
import { frameHeader } from './avro/framing.ts'
import type { AlertRecord, AnomalyRecord, DetectorStateRecord } from './detection-records.ts'
import type { AlertActionRecord, AlertStateRecord } from './alert-records.ts'
import type { AlertAction } from './generated/alert-action.generated.ts'
import type { AlertState } from './generated/alert-state.generated.ts'
import type { Alert } from './generated/alert.generated.ts'
import type { Anomaly } from './generated/anomaly.generated.ts'
import type { AuditEvent } from './generated/audit-event.generated.ts'
import type { DeadLetter } from './generated/dead-letter.generated.ts'
import type { DetectorState } from './generated/detector-state.generated.ts'
import type { LedgerEntry as LedgerEntryRecord } from './generated/ledger-entry.generated.ts'
import type { LogBatch as LogBatchRecord } from './generated/log-batch.generated.ts'
import type { Parked } from './generated/parked.generated.ts'
import type { Schema } from './generated/schema.generated.ts'
import type { SinkState } from './generated/sink-state.generated.ts'
import type { Tenant } from './generated/tenant.generated.ts'
import type { LedgerEntry, LedgerRow } from './ledger.ts'
import type { LogBatch, LogEvent } from './log-batch.ts'
import type { PlainRecordName, RecordForms } from './record-codec.ts'
import { decodeRecord, encodeRecord, recordNameOf } from './record-codec.ts'
import type {
  AuditRecord,
  DeadLetterRecord,
  ParkedRecord,
  SchemaRecord,
  SinkStateRecord,
  TenantRecord,
} from './records.ts'
import { SCHEMAS } from './schemas.ts'

const row: LedgerRow = {
  tenant: 'acme',
  topic: 'pegel.ingest.v1',
  partition: 3,
  offset: 2 ** 40,
  part: 1,
  parts: 2,
  appendTimeMs: 1_760_000_000_000,
  configVersion: 4,
  received: 100,
  produced: 90,
  refused: [{ reason: 'too_old', count: 4 }],
  dropped: [{ reason: 'no_debug', count: 6 }],
  counts: null,
  unreadable: 0,
  tenantDeleted: 0,
  latencyMs: 12,
  replayId: '',
  reprocessed: false,
}
const counts = {
  delivered: 1,
  alreadyPresent: 2,
  collapsed: 3,
  collided: 4,
  unsupported: 5,
  notRouted: 6,
  deadLettered: 7,
  parked: 8,
  expired: 9,
  tenantDeleted: 10,
}
const event: LogEvent = {
  timeMs: 1_760_000_000_000,
  timeNs: 999_999,
  observedMs: 1_760_000_000_001,
  severity: 17,
  level: 'error',
  message: 'card refused: ü',
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  name: 'payment.refused',
  category: '',
  outcome: '',
  sourceAddress: '',
  attributes: [{ key: 'card', value: 'visa' }],
}
const target = {
  ...{ channel: 'chat', to: '', escalated: false },
  firing: Buffer.alloc(16, 3),
  resolved: Buffer.alloc(0),
}
const place = { dueAtMs: 1, eventAtMs: 2, step: 1, round: 1, person: 'bob' }
const records: { readonly [N in PlainRecordName]: RecordForms[N] } = {
  Tenant: { tenant: 'acme', version: 7, deleted: false, yaml: 'tenant: acme\n# ü', appliedAtMs: 1_760_000_000_000 },
  LogBatch: {
    tenant: 'acme',
    batchId: Buffer.alloc(16, 7),
    configVersion: 3,
    receivedAtMs: 1_760_000_000_002,
    protocol: 'otlp_http',
    received: 2,
    refused: [{ reason: 'max_log_bytes', count: 1 }],
    events: 1,
    groups: [
      {
        service: 'shop',
        resource: [{ key: 'host.name', value: 'h1' }],
        scopeName: 'cart',
        scopeVersion: '1',
        events: [event],
      },
    ],
  },
  LedgerEntry: { stage: 'sink', sink: 'influxdb', instance: 'i-1', writtenAtMs: 5, rows: [row, { ...row, counts }] },
  DeadLetter: {
    tenant: 'acme',
    stage: 'sink',
    sink: 'influxdb',
    topic: 'pegel.metrics.v1',
    partition: 0,
    offset: 9,
    key: Buffer.from('acme'),
    value: Buffer.of(0, 1, 255),
    refusals: [{ point: -1, reason: 'decode_failed', message: 'Not a valid MetricBatch.' }],
    failedAtMs: 6,
    timestampMs: 4,
    headers: [{ key: 'traceparent', value: Buffer.from('00-1') }],
    settled: '',
    replayId: 'r-1',
  },
  Parked: {
    sink: 'influxdb',
    tenant: 'acme',
    topic: 'pegel.metrics.v1',
    partition: 0,
    offset: 9,
    timestampMs: 5,
    key: null,
    value: Buffer.of(1, 2, 3),
    headers: [{ key: 'traceparent', value: Buffer.from('00-1') }],
    reason: 'breaker_open',
    parkedAtMs: 7,
    kind: 'record',
    owner: 'sink-influxdb-1',
    seq: 8,
    detail: '',
    points: 9,
    records: 0,
    sizeBytes: 0,
    upTo: -1,
  },
  SinkState: {
    sink: 'prometheus',
    tenant: 'acme',
    fingerprint: '00ff00ff00ff00ff',
    digest: 'd',
    shape: 'number',
    values: [1.5, -0],
    lastTimeMs: 8,
    lastTimeNs: 9,
    marks: [{ topic: 'pegel.ingest.v1', partition: 1, offset: 2, part: 0 }],
  },
  Anomaly: {
    tenant: 'acme',
    id: 'a1',
    kind: 'forecast',
    status: 'resolved',
    fingerprint: '00ff00ff00ff00ff',
    metric: 'disk.used',
    derived: 'value',
    unit: 'By',
    labels: { tenant: 'acme', disk: 'sda' },
    resource: {},
    score: 0.9,
    value: 1.5,
    expected: null,
    lower: -0.5,
    upper: 2,
    reason: 'full in 26 h',
    openedAtMs: 5,
    resolvedAtMs: 7,
    resolution: 'receded',
    groupId: 'g1',
    firstMover: { id: 'a0', series: 'disk.used', openedAtMs: 4 },
    forecast: { threshold: 100, rising: true, atMs: 2 ** 41, earliestMs: 2 ** 41 - 1, latestMs: null },
    watch: 'disk',
    maintenance: false,
  },
  AlertAction: {
    ...{ tenant: 'acme', id: 'r1', atMs: 5, by: 'alice', source: 'link' },
    acknowledge: { target: '00ff00ff00ff00ff', note: 'on it', occurrenceMs: 4 },
    resolve: null,
    silence: {
      ...{ silenceId: 's1', startsAtMs: 1, endsAtMs: 2, comment: '' },
      matchers: [{ name: 'host', operator: '=~', value: 'a.*' }],
    },
    expireSilence: { silenceId: 's0' },
    override: { overrideId: 'o1', schedule: 'primary', person: 'bob', fromMs: 1, untilMs: 2 },
    expireOverride: null,
    heartbeat: { name: 'Watchdog' },
  },
  AlertState: {
    ...{ tenant: 'acme', kind: 'group', id: 'aaaaaaaaaaaaaaaa', offset: 9 },
    alert: {
      ...{ id: 'a1', source: 'gateway', labels: { alertname: 'A' }, annotations: {}, values: { score: 0.5 } },
      ...{ generatorUrl: '', firing: true, startsAtMs: 1, endsAtMs: null, updatedAtMs: 2, seenAtMs: 3 },
      ...{ changesAtMs: [1, 2], heldUntilMs: 7, resolvedBy: '', groups: ['aaaaaaaaaaaaaaaa'] },
    },
    group: {
      ...{ key: '{}:{}', receiver: 'team', labels: {}, createdAtMs: 1, flushAtMs: 2, flushed: true, occurrenceMs: 3 },
      ...{ sends: 2 ** 50, acknowledged: { by: 'alice', atMs: 1, untilMs: null, note: '' } },
      told: [{ ...target, atMs: 4, ref: 't1' }],
      pending: [{ ...target, ...{ number: 2 ** 50, event: 'firing', silent: false, occurrenceMs: 3 }, ...place }],
      escalation: { policy: 'loud', round: 1, nextStep: 0, dueAtMs: null },
    },
    settings: {
      silences: [{ id: 's1', matchers: [], startsAtMs: 1, endsAtMs: 2, by: 'bob', comment: 'patching' }],
      overrides: [{ id: 'o1', schedule: 'primary', person: 'bob', fromMs: 1, untilMs: 2, by: 'alice' }],
      heartbeatMs: 4,
    },
  },
  Alert: {
    tenant: 'acme',
    id: 'a1',
    source: 'anomaly-detector',
    status: 'firing',
    name: 'Anomaly',
    severity: 'warning',
    labels: { tenant: 'acme' },
    annotations: { summary: 'highest value in 14 days' },
    startsAtMs: 5,
    endsAtMs: null,
    groupId: 'g1',
    evidence: {
      series: 'disk.used',
      score: 0.9,
      value: 1.5,
      expected: null,
      lower: null,
      upper: null,
      firstMover: '',
      forecast: null,
    },
    generatorUrl: '',
  },
  DetectorState: {
    tenant: 'acme',
    fingerprint: '00ff00ff00ff00ff',
    digest: 'd',
    metric: 'disk.used',
    unit: 'By',
    labels: { tenant: 'acme' },
    resource: { 'host.name': 'a' },
    offset: 12,
    lastTimeMs: 8,
    lastTimeNs: 9,
    lastAppendMs: 10,
    startTimeMs: 0,
    shape: 'number',
    previous: [4.5],
    pendingSinceMs: 3,
    pending: [1],
    intervalMs: 1000,
    values: [
      {
        name: 'rate',
        detector: Buffer.of(1, 2),
        drift: null,
        forecast: Buffer.of(3),
        points: 7,
        against: 1,
        anomalies: [
          {
            kind: 'anomaly',
            id: 'a1',
            open: true,
            offset: 11,
            openedAtMs: 5,
            score: 0.9,
            value: 1.5,
            expected: 1,
            lower: 0,
            upper: 2,
            reason: 'highest value',
            points: 6,
            calm: 2,
            alerted: 'warning',
            alertName: 'Anomaly',
            watch: 'disk',
            maintenance: false,
            groupId: 'g1',
            groupStartMs: 4,
            leaderId: 'a0',
            leaderSeries: 'disk.used',
            forecast: null,
          },
        ],
      },
    ],
  },
  AuditEvent: {
    writer: 'pegel-1',
    sequence: 3,
    previousHash: Buffer.alloc(32, 1),
    atMs: 1_760_000_000_000,
    service: 'pegel',
    actor: 'ada',
    origin: 'host-1',
    action: 'tenants.apply',
    tenant: 'acme',
    target: 'acme@7',
    parameters: [{ name: 'kind', value: 'update' }],
    outcome: 'succeeded',
    message: '',
    hash: Buffer.alloc(32, 2),
  },
  Schema: { fingerprint: '00ff00ff00ff00ff', name: 'pegel.v1.Tenant', schema: '{}', publishedAtMs: 8 },
}
const names = Object.keys(records) as PlainRecordName[]

/** A framed record of another schema. */
function encodeWith(schema: AvroJson, value: unknown): Buffer {
  const body = avro.Type.forSchema(schema as avro.Schema).toBuffer(value)
  return Buffer.concat([frameHeader(schemaFingerprint(schema)), body])
}

/** The schema of a record, with other fields. */
function schemaOf(name: PlainRecordName, change: (fields: AvroJson[]) => AvroJson[]): AvroJson {
  const schema = JSON.parse(SCHEMAS[name].json) as { fields: AvroJson[] }
  return { ...schema, fields: change(schema.fields) }
}
const lookup = (schema: AvroJson) => ({
  byFingerprint: (fingerprint: string) =>
    fingerprint === schemaFingerprint(schema) ? JSON.stringify(schema) : undefined,
})

describe('encodeRecord and decodeRecord', () => {
  it.each(names)('%s comes back as it was', (name) => {
    const bytes = encodeRecord(name, records[name])
    expect(bytes.subarray(0, 10)).toEqual(frameHeader(SCHEMAS[name].fingerprint))
    expect(decodeRecord(name, bytes)).toEqual(records[name])
  })

  it('takes any Uint8Array, also a part of a larger buffer', () => {
    const value = new Uint8Array([9, 1, 2, 3, 9]).subarray(1, 4)
    const letter = decodeRecord('DeadLetter', encodeRecord('DeadLetter', { ...records.DeadLetter, key: null, value }))
    expect(letter.key).toBeNull()
    expect([...letter.value]).toEqual([1, 2, 3])
    const bytes = encodeRecord('Tenant', records.Tenant)
    const padded = new Uint8Array(Buffer.concat([Buffer.alloc(7), bytes, Buffer.alloc(3)])).subarray(
      7,
      7 + bytes.length,
    )
    expect(decodeRecord('Tenant', padded)).toEqual(records.Tenant)
  })

  it('refuses a value that does not fit', () => {
    const bad = { ...records.Tenant, version: 1.5 }
    expect(() => encodeRecord('Tenant', bad)).toThrow(
      expect.objectContaining({ code: 'contracts.encode_failed', retryable: false }),
    )
  })

  it('reads an older writer with defaults for what it lacks, and a newer one without what it has more', () => {
    const older = schemaOf('Tenant', (fields) => fields.slice(0, 2))
    expect(decodeRecord('Tenant', encodeWith(older, { tenant: 'acme', version: 1 }), lookup(older))).toEqual({
      tenant: 'acme',
      version: 1,
      deleted: false,
      yaml: '',
      appliedAtMs: 0,
    })
    const newer = schemaOf('Tenant', (fields) => [{ name: 'region', type: 'string', default: '' }, ...fields])
    const value = { region: 'eu', ...records.Tenant }
    expect(decodeRecord('Tenant', encodeWith(newer, value), lookup(newer))).toEqual(records.Tenant)
  })

  it('waits for a schema it does not know, and reads the record once it does', () => {
    const schema = schemaOf('Tenant', (fields) => [...fields, { name: 'later', type: 'int', default: 0 }])
    const bytes = encodeWith(schema, { ...records.Tenant, later: 1 })
    const unknown = expect.objectContaining({ code: 'contracts.unknown_schema', retryable: true })
    expect(() => decodeRecord('Tenant', bytes)).toThrow(unknown)
    expect(() => decodeRecord('Tenant', bytes, { byFingerprint: () => undefined })).toThrow(unknown)
    expect(decodeRecord('Tenant', bytes, lookup(schema))).toEqual(records.Tenant)
  })

  it('reads Confluent framing by a registry id', () => {
    const body = encodeRecord('Tenant', records.Tenant).subarray(10)
    const bytes = Buffer.concat([Buffer.of(0, 0, 0, 1, 2), body])
    expect(() => decodeRecord('Tenant', bytes)).toThrow(expect.objectContaining({ code: 'contracts.unknown_schema' }))
    const byRegistryId = (id: number): string | undefined => (id === 258 ? SCHEMAS.Tenant.json : undefined)
    expect(decodeRecord('Tenant', bytes, { byFingerprint: () => undefined, byRegistryId })).toEqual(records.Tenant)
  })

  it.each([
    ['another record', '{"type":"record","name":"Other","fields":[]}'],
    ['a field that is missing and has no default', JSON.stringify(schemaOf('Tenant', (fields) => fields.slice(1)))],
    ['no schema', '{"type":"nothing"}'],
    ['no JSON', '{'],
  ])('refuses a schema that cannot be read: %s', (_, json) => {
    const bytes = Buffer.concat([Buffer.of(0, 0, 0, 9, 9), Buffer.of(0)])
    const registry = { byFingerprint: () => undefined, byRegistryId: () => json }
    expect(() => decodeRecord('Tenant', bytes, registry)).toThrow(
      expect.objectContaining({ code: 'contracts.incompatible_schema', retryable: false }),
    )
  })

  it('refuses a schema that was published under another fingerprint', () => {
    const schema = schemaOf('Tenant', (fields) => [...fields, { name: 'forged', type: 'int', default: 0 }])
    const bytes = encodeWith(schema, { ...records.Tenant, forged: 1 })
    expect(() => decodeRecord('Tenant', bytes, { byFingerprint: () => SCHEMAS.Schema.json })).toThrow(
      'its fingerprint is another',
    )
  })

  it.each(names)('%s that is cut short, too long or of a wrong framing is refused', (name) => {
    const bytes = encodeRecord(name, records[name])
    const refused = expect.objectContaining({ code: 'contracts.decode_failed', retryable: false })
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeRecord(name, bytes.subarray(0, length))).toThrow(refused)
    }
    expect(() => decodeRecord(name, Buffer.concat([bytes, Buffer.of(0)]))).toThrow(refused)
    expect(() => decodeRecord(name, Buffer.of(1, 2, 3))).toThrow(refused)
  })

  it('refuses a count that the bytes cannot hold, at once', () => {
    const header = frameHeader(SCHEMAS.LedgerEntry.fingerprint)
    // Empty strings, time 0, then an array of 2^62 rows.
    const bytes = Buffer.concat([header, Buffer.of(0, 0, 0, 0), Buffer.from('80808080808080808001', 'hex')])
    expect(() => decodeRecord('LedgerEntry', bytes)).toThrow(
      expect.objectContaining({ code: 'contracts.decode_failed' }),
    )
  })

  it('refuses a long that a number does not hold', () => {
    const body = Buffer.concat([Buffer.of(2, 0x61), Buffer.from('feffffffffffffffff01', 'hex'), Buffer.of(0, 0, 0)])
    const bytes = Buffer.concat([frameHeader(SCHEMAS.Tenant.fingerprint), body])
    expect(() => decodeRecord('Tenant', bytes)).toThrow(expect.objectContaining({ code: 'contracts.decode_failed' }))
  })
})

describe('recordNameOf', () => {
  const wanted = ['Alert', 'AlertAction'] as const
  const newer = (name: 'AlertAction' | 'Tenant'): AvroJson =>
    schemaOf(name, (fields) => [...fields, { name: 'more', type: 'int', default: 0 }])

  it('tells records of one topic apart, also those of newer writers', () => {
    for (const name of wanted) expect(recordNameOf(wanted, encodeRecord(name, records[name]))).toBe(name)
    const bytes = encodeWith(newer('AlertAction'), { ...records.AlertAction, more: 1 })
    const lookup = { byFingerprint: () => JSON.stringify(newer('AlertAction')) }
    expect(recordNameOf(wanted, bytes, lookup)).toBe('AlertAction')
    const registry = { byFingerprint: () => undefined, byRegistryId: () => JSON.stringify(newer('AlertAction')) }
    expect(recordNameOf(wanted, Buffer.of(0, 0, 0, 0, 9), registry)).toBe('AlertAction')
  })

  it('knows nothing of others, and waits for what it does not know yet', () => {
    const bytes = encodeWith(newer('Tenant'), { ...records.Tenant, more: 1 })
    expect(recordNameOf(wanted, bytes, { byFingerprint: () => JSON.stringify(newer('Tenant')) })).toBeUndefined()
    expect(() => recordNameOf(wanted, bytes)).toThrow(expect.objectContaining({ retryable: true }))
    expect(() => recordNameOf(wanted, Buffer.of(7))).toThrow(expect.objectContaining({ retryable: false }))
  })
})

/** Compiles only while the hand-written forms and the schemas agree; stage is narrower in TypeScript than in Avro. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false
const agree: readonly true[] = [
  true satisfies Same<TenantRecord, Tenant>,
  true satisfies Same<DeadLetterRecord, DeadLetter>,
  true satisfies Same<ParkedRecord, Parked>,
  true satisfies Same<LogBatch, LogBatchRecord>,
  true satisfies Same<SchemaRecord, Schema>,
  true satisfies Same<SinkStateRecord, SinkState>,
  true satisfies Same<AnomalyRecord, Anomaly>,
  true satisfies Same<AlertActionRecord, AlertAction>,
  true satisfies Same<AlertStateRecord, AlertState>,
  true satisfies Same<AlertRecord, Alert>,
  true satisfies Same<DetectorStateRecord, DetectorState>,
  true satisfies Same<AuditRecord, AuditEvent>,
  true satisfies Same<Omit<LedgerEntry, 'stage'>, Omit<LedgerEntryRecord, 'stage'>>,
]

it('the types of the records are those of the schemas', () => {
  expect(agree).toHaveLength(names.length)
})
