import { encodeRecord, sealBatch, SIGNATURE_HEADER, TOPICS } from '@pegel/contracts'
import type { OutgoingRecord } from '@pegel/kafka'
import fc from 'fast-check'
import type { Attack } from '../attack.ts'
import { mutate, noise } from '../chance.ts'
import type { Chance } from '../chance.ts'
import { MALLORY, PARTITIONS, QUIET } from '../world.ts'
import { pointsChunk } from './points-chunk.ts'

/** Every topic; what is written here is read by some service, now or after its next start. */
const NAMES = TOPICS.map(({ name }) => name)
/** First bytes of the two framings: with a schema that nobody knows, readers wait for it by design, so noise begins otherwise. */
const FRAMED: ReadonlySet<number> = new Set([0xc3, 0x00])

function garbage(chance: Chance): Buffer {
  const bytes = chance.draw(noise)
  return bytes.length > 0 && FRAMED.has(bytes[0] ?? 0) ? Buffer.concat([Buffer.of(1), bytes.subarray(1)]) : bytes
}

function batch(chance: Chance): Buffer {
  const tenant = chance.pick([MALLORY, QUIET, 'nobody', 'Not-a-tenant', ''])
  const received = chance.draw(fc.nat({ max: 10 }))
  const refused = [{ reason: chance.draw(fc.string({ maxLength: 20 })), count: received }]
  const head = { tenant, batchId: Buffer.alloc(16, chance.below(256)), configVersion: 1, receivedAtMs: Date.now() }
  return sealBatch({ ...head, protocol: 'fuzz', received, refused, source: null }, [pointsChunk()])
}

function logs(): Buffer {
  const origin = {
    tenant: MALLORY,
    configVersion: 1,
    protocol: 'fuzz',
    receivedAtMs: Date.now(),
    received: 0,
    refused: [],
  }
  return encodeRecord('LogBatch', { ...origin, batchId: Buffer.alloc(16), events: 0, groups: [] })
}

/** The envelope stays: whose record it is and by which version it was judged only its own writer says. */
function damaged(chance: Chance, record: Buffer): Buffer {
  return mutate(chance, record, Math.floor(record.length / 2))
}

function valueOf(topic: string, chance: Chance): Buffer | null {
  const kinds = [() => garbage(chance), () => garbage(chance), () => null]
  if (/ingest|metrics|parked|replay/.test(topic))
    kinds.push(
      () => batch(chance),
      () => damaged(chance, batch(chance)),
    )
  if (topic.includes('events')) kinds.push(() => damaged(chance, logs()))
  return chance.pick(kinds)()
}

/** A tenant's file that nobody uses, so that what it says harms nobody here. */
function tenantRecord(chance: Chance): OutgoingRecord {
  const version = 1 + chance.below(1000)
  const yaml = chance.draw(
    fc.oneof(fc.string(), fc.constant('tenant: shifty\nlimits: {points_per_second: -1}'), fc.constant('a: &a [*a]')),
  )
  const value = encodeRecord('Tenant', {
    tenant: 'shifty',
    version,
    deleted: chance.below(2) === 0,
    yaml,
    appliedAtMs: Date.now(),
  })
  return {
    topic: 'pegel.tenants.v1',
    key: `shifty@${version}`,
    value: chance.below(2) === 0 ? mutate(chance, value, 12) : value,
  }
}

export function recordOf(chance: Chance): OutgoingRecord {
  const topic = chance.pick(NAMES)
  if (topic === 'pegel.tenants.v1' && chance.below(2) === 0) return tenantRecord(chance)
  // A tombstone of a tenant's file that is in use would be somebody's mistake, and is none of bad input's.
  const key = chance.pick([MALLORY, QUIET, 'nobody', 'sink/x', chance.draw(fc.string({ maxLength: 40 }))])
  const headers = { [SIGNATURE_HEADER]: chance.draw(noise), [chance.draw(fc.string({ maxLength: 10 }))]: 'x' }
  const partitions = TOPICS.find(({ name }) => name === topic)?.partitions === 'data' ? PARTITIONS : 1
  return {
    topic,
    key,
    value: valueOf(topic, chance),
    headers: chance.below(2) === 0 ? headers : {},
    partition: chance.below(partitions),
  }
}

export const records: Attack = {
  name: 'records',
  about: 'records in every topic: garbage, tombstones, batches of others, damaged ones',
  async attempt(world, chance) {
    await world.producer.send(Array.from({ length: 10 }, () => recordOf(chance)))
  },
}
