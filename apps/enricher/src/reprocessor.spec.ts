import { beforeEach, describe, expect, it } from '@jest/globals'
import type { KafkaRecord, OutgoingRecord } from '@pegel/kafka'
import { fromReplay, REPLAY_TOPIC, throughEnricher, toReplay } from '@pegel/pipeline'
import type { Processor, ProcessResult, ReplayNote } from '@pegel/pipeline'
import { createMemoryDirectory, generateDirectKey, signRecord } from '@pegel/tenancy'
import type { DirectKeyPair, MemoryDirectory } from '@pegel/tenancy'
import { gauge } from '@pegel/testing'
import { APPENDED_MS, bytesOf, ingestRecord, readOutput } from '../test/support/batches.ts'
import { createEnricher } from './enricher.ts'
import { createReprocessor } from './reprocessor.ts'

type Processed = Extract<ProcessResult, { status: 'processed' }>

const NOTE: ReplayNote = { replayId: 'r-1', letterTenant: '', written: false, late: new Set() }
const up = gauge('up', [[APPENDED_MS - 10, 1]], { attributes: { host: 'a' } })

/** As Kafka gives back what was sent. */
function stored({ partition = 0, key, value, headers = {} }: OutgoingRecord): KafkaRecord {
  const kept = Object.entries(headers).map(([name, view]) => [name, Buffer.from(view)] as const)
  const place = { topic: REPLAY_TOPIC, partition, offset: 40, timestampMs: APPENDED_MS + 90_000 }
  return { ...place, key: Buffer.from(key), value, headers: Object.fromEntries(kept) }
}

describe('the enricher, for what goes through it once more', () => {
  let directory: MemoryDirectory
  let keys: DirectKeyPair
  let reprocessor: Processor

  beforeEach(() => {
    directory = createMemoryDirectory()
    keys = generateDirectKey()
    const tenants = directory
    const enricher = createEnricher({ tenants, version: 'newest', maxCacheBytes: 1 << 20 })
    reprocessor = createReprocessor({ enricher, tenants, now: () => 7 })
  })

  function publish(version: number, more = '', over: { deleted?: boolean; atMs?: number } = {}): void {
    const { deleted = false, atMs = APPENDED_MS - 60_000 } = over
    directory.apply({ tenant: 'acme', version, deleted, yaml: `tenant: acme\n${more}`, appliedAtMs: 0 }, atMs)
  }

  function process(source: KafkaRecord, note: Partial<ReplayNote> = {}, to = throughEnricher('influxdb')): Processed {
    const result = reprocessor.process(stored(toReplay(source, to, { ...NOTE, ...note })))
    if (result.status === 'wait') throw new Error(`waits: ${result.reason}`)
    return result
  }

  it('makes of it what the newest version says, for the sink that is named, in the books beside the first way', () => {
    publish(1)
    publish(2, 'static_labels: { region: eu }', { atMs: APPENDED_MS + 60_000 })
    const source = ingestRecord([up])
    const { outputs, rows, deadLetter } = process(source)
    const [output] = outputs
    const replayed = output === undefined ? undefined : fromReplay(stored(output))
    expect(replayed).toMatchObject({ sink: 'influxdb', note: { replayId: 'r-1', written: false } })
    const { series, envelope } = readOutput({ topic: REPLAY_TOPIC, key: 'acme', value: output?.value ?? null })
    expect(series[0]?.labels).toEqual({ host: 'a', region: 'eu', tenant: 'acme' })
    const { topic, partition, offset } = source
    expect(envelope).toMatchObject({ configVersion: 2, source: { topic, partition, offset } })
    expect(rows).toMatchObject([{ topic, offset, produced: 1, received: 1, replayId: 'r-1', reprocessed: true }])
    expect(deadLetter).toBeUndefined()
  })

  it('settles the letter of what it can read now, and keeps that of what it cannot', () => {
    const source = ingestRecord([up])
    const letter = { letterTenant: 'acme' }
    expect(process(source, letter)).toMatchObject({
      outputs: [],
      deadLetter: { stage: 'enricher', settled: '', replayId: 'r-1', refusals: [{ reason: 'unknown_tenant' }] },
    })
    publish(1)
    expect(process(source, letter).deadLetter).toMatchObject({
      ...{ stage: 'enricher', sink: '', topic: source.topic, offset: source.offset },
      ...{ tenant: 'acme', settled: 'replayed', replayId: 'r-1', failedAtMs: 7 },
    })
  })

  it('believes a direct producer by a key of the newest version, or of the one in force then', () => {
    const [old, key, other] = [keys, generateDirectKey(), generateDirectKey()]
    const { key: tenant, value, ...rest } = ingestRecord([up])
    const signedBy = ({ privateKey }: DirectKeyPair): KafkaRecord => {
      const signature = signRecord(privateKey, tenant ?? Buffer.of(), bytesOf({ value }))
      return {
        ...rest,
        key: tenant,
        value,
        topic: 'pegel.ingest-direct.v1',
        headers: { 'pegel-signature': Buffer.from(signature) },
      }
    }
    publish(1, `direct_keys: [{ id: k, public_key: ${old.publicKey} }]`)
    publish(2, `direct_keys: [{ id: k, public_key: ${key.publicKey} }]`, { atMs: APPENDED_MS + 60_000 })
    const reasons = [old, key, other].map((each) => process(signedBy(each)).deadLetter?.refusals[0]?.reason)
    expect(reasons).toEqual([undefined, undefined, 'bad_signature'])
  })

  it('waits for the version that was the newest when it was sent, and makes nothing of a tenant that is deleted then', () => {
    const source = ingestRecord([up])
    const again = (): ProcessResult =>
      reprocessor.process(stored(toReplay(source, throughEnricher('influxdb'), { ...NOTE, version: 2 })))
    expect(again()).toEqual({ status: 'wait', reason: 'tenant_behind' })
    publish(1)
    expect(again()).toEqual({ status: 'wait', reason: 'tenant_behind' })
    publish(2)
    expect(again()).toMatchObject({ rows: [{ produced: 1, configVersion: 2 }] })
    publish(3, '', { deleted: true })
    expect(again()).toMatchObject({ outputs: [], rows: [{ tenantDeleted: 1, reprocessed: true }] })
  })

  it('passes what is for others, and what never stood in ingest', () => {
    publish(1)
    const nothing = { outputs: [], rows: [] }
    expect(process(ingestRecord([up]), {}, 'influxdb')).toMatchObject(nothing)
    expect(process({ ...ingestRecord([up]), topic: 'pegel.metrics.v1' })).toMatchObject(nothing)
    expect(reprocessor.process({ ...ingestRecord([up]), topic: REPLAY_TOPIC })).toMatchObject(nothing)
  })
})
