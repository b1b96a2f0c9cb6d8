import { decodeRecord, readEnvelope } from '@pegel/contracts'
import type { KafkaPort } from '@pegel/kafka'
import type { BackendName } from '../rig/backends.ts'
import type { ServiceName } from '../rig/services.ts'
import type { Scene } from './scenario.ts'

/** A record of a data topic, before it was destroyed. */
export interface KnownRecord {
  readonly partition: number
  readonly offset: number
  readonly tenant: string
  readonly points: number
  /** The stage had done its work and written it down, though not committed: nothing is lost with it. */
  readonly booked: boolean
}

/** What was destroyed: the truth that the pipeline's own account is held against. */
export interface Loss {
  /** Ingest records are lost to everybody, those of `metrics` to the sink that had not read them. */
  readonly sink: BackendName | null
  readonly records: readonly KnownRecord[]
  /** The counter that must name as many records; undefined where offsets began anew and none can. */
  readonly counter?: { readonly service: ServiceName; readonly name: string }
  /** Names of alerts that must fire at once; that of the ledger fires when the minute has closed. */
  readonly alerts: readonly string[]
}

/** Destroys records; its clients have stopped, and all but the stage that is to lose something has done its work. */
export interface LossScenario {
  readonly name: string
  readonly about: string
  readonly expected: string
  /** Does not read while the clients send. */
  readonly behind: ServiceName
  readonly destroy: (scene: Scene) => Promise<Loss>
}

/** Records that a group has not committed past, by what is in the topic now, in partitions where it has begun. */
export async function unread(kafka: KafkaPort, topic: string, group: string): Promise<KnownRecord[]> {
  const committed = new Map((await kafka.committed(group, topic)).map((at) => [at.partition, at.offset]))
  const done = await bookedBy(kafka, group)
  const records: KnownRecord[] = []
  const reader = await kafka.readAll(topic, ({ partition, offset, value }) => {
    if (value === null || offset < begun(committed.get(partition))) return
    const { tenant, points, source } = readEnvelope(value)
    const booked = source !== null && done.has(keyOf({ ...source, stage: group }))
    records.push({ partition, offset, tenant, points, booked })
  })
  await reader.caughtUp
  await reader.close()
  return records
}

/** Keys of the rows that a sink has in the ledger. */
async function bookedBy(kafka: KafkaPort, group: string): Promise<ReadonlySet<string>> {
  const keys = new Set<string>()
  const reader = await kafka.readAll('pegel.ledger.v1', ({ value }) => {
    if (value === null) return
    const { sink, rows } = decodeRecord('LedgerEntry', value)
    const stage = `sink-${sink}`
    if (stage === group) for (const row of rows) keys.add(keyOf({ ...row, stage }))
  })
  await reader.caughtUp
  await reader.close()
  return keys
}

interface RowKey {
  readonly stage: string
  readonly topic: string
  readonly partition: number
  readonly offset: number
  readonly part: number
}

function keyOf({ stage, topic, partition, offset, part }: RowKey): string {
  return `${stage} ${topic}/${partition}@${offset}.${part}`
}

/** A group that has never committed in a partition cannot tell what is gone from what it never had: the ledger alone can. */
function begun(committed = -1): number {
  return committed < 0 ? Infinity : committed
}

/** The partition that has most of them, and these. */
export function mostOf(records: readonly KnownRecord[]): readonly [partition: number, records: readonly KnownRecord[]] {
  const [most] = [...Map.groupBy(records, ({ partition }) => partition)].sort(([, a], [, b]) => b.length - a.length)
  if (most === undefined) throw new Error('there is nothing that could be destroyed')
  return most
}
