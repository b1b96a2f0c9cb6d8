import { encodeRecord, SCHEMAS } from '@pegel/contracts'
import { schemaFingerprint } from '../../../libs/contracts/src/avro/canonical-form.ts'
import type { AvroJson } from '../../../libs/contracts/src/avro/canonical-form.ts'
import { batchOf } from '../../../libs/testing/src/batch-of.ts'
import { gauge } from '../../../libs/testing/src/series-spec.ts'
import type { Client } from '../oracle/client.ts'
import { numberOf } from '../oracle/shape.ts'
import type { Scenario, Scene } from './scenario.ts'

/** A later version of the batch's schema, as a newer program would write: compatible, with a field more at its end. */
function newerSchema(): { readonly json: string; readonly fingerprint: string } {
  const schema = JSON.parse(SCHEMAS.MetricBatch.json) as { fields: object[] } & Record<string, AvroJson>
  const newer = { ...schema, fields: [...schema.fields, { name: 'added_later', type: 'string', default: '' }] }
  return { json: JSON.stringify(newer), fingerprint: schemaFingerprint(newer as AvroJson) }
}

const HEADER_BYTES = 10

/** Avro's single-object encoding begins with C3 01 and the fingerprint, its least significant byte first. */
function inNewerSchema(record: Buffer, fingerprint: string): Buffer {
  const header = Buffer.from([0xc3, 0x01, ...Buffer.from(fingerprint, 'hex').reverse()])
  const text = Buffer.from('later')
  return Buffer.concat([header, record.subarray(HEADER_BYTES), Buffer.from([text.length * 2]), text])
}

/** One more request of this client, as a gateway would have written it. */
function nextBatch(client: Client, run: string): Buffer {
  const { shape, ordinal, tenant } = client.issued
  const { index, request } = client.next()
  const { baseMs } = request
  Object.assign(request, { state: 'acknowledged', attempts: 1 })
  const times = Array.from({ length: shape.times }, (_, time) => time)
  const specs = shape.metrics.flatMap((name, metric) =>
    shape.hosts.map((host, at) => {
      const number = (time: number): number =>
        numberOf(ordinal, metric * shape.hosts.length + at, index * shape.times + time)
      const points = times.map((time) => [baseMs + time * shape.stepMs, number(time)] as const)
      const scope = { name: '', version: '' }
      return gauge(name, points, { unit: '', resource: {}, scope, attributes: { host, run } })
    }),
  )
  return batchOf(tenant, specs, { source: null }).value
}

const RECORDS = 5

async function writeNewer({ rig, senders, run }: Scene, fingerprint: string): Promise<void> {
  const producer = rig.kafka.producer()
  for (const { client } of senders) {
    for (let count = 0; count < RECORDS; count += 1) {
      const value = inNewerSchema(nextBatch(client, run), fingerprint)
      await producer.send([{ topic: 'pegel.ingest.v1', key: client.issued.tenant, value }])
    }
  }
  await producer.close()
}

async function publish({ rig }: Scene, { json, fingerprint }: ReturnType<typeof newerSchema>): Promise<void> {
  const producer = rig.kafka.producer()
  const name = SCHEMAS.MetricBatch.fullName
  const value = encodeRecord('Schema', { fingerprint, name, schema: json, publishedAtMs: Date.now() })
  await producer.send([{ topic: 'pegel.schemas.v1', key: fingerprint, value }])
  await producer.close()
}

export const SCHEMA_SCENARIOS: readonly Scenario[] = [
  {
    name: 'schema-newer',
    about: 'records in a schema newer than the readers, which is published some seconds after them',
    expected: 'their partitions wait for the schema, nothing is a dead letter, then all goes on',
    brokers: 1,
    fault: {
      inject: (scene) => writeNewer(scene, newerSchema().fingerprint),
      heal: (scene) => publish(scene, newerSchema()),
    },
  },
]
