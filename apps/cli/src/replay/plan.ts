import { decodeRecord, PEGEL_TENANT } from '@pegel/contracts'
import type { AuditRecord, SchemaLookup } from '@pegel/contracts'
import { partitionOf, readRange } from '@pegel/kafka'
import type { KafkaPort, PartitionRange } from '@pegel/kafka'
import { AUDIT_TOPIC, METRICS_TOPIC } from '@pegel/pipeline'
import type { AuditAction } from '@pegel/pipeline'
import { SINKS } from '@pegel/tenancy'
import type { SinkName } from '@pegel/tenancy'
import { cliErrors } from '../errors.ts'
import { readPublished } from '../tenants/published.ts'

export const REPLAY_ACTION = 'replay.metrics'

/** What is to be sent again: fixed when the replay begins, and the same when it is resumed. */
export interface ReplayPlan {
  readonly id: string
  readonly tenant: string
  readonly sinks: readonly SinkName[]
  /** Receive time, ms since the epoch; `toMs` is not in it. */
  readonly fromMs: number
  readonly toMs: number
  readonly startedMs: number
}

export interface PlannedRange extends PartitionRange {
  /** Retention has removed everything before `from`, and perhaps some that was asked for. */
  readonly trimmed: boolean
}

export function parseSinks(text: string): readonly SinkName[] {
  return text.split(',').map((name) => {
    const known = SINKS.find((sink) => sink === name.trim())
    if (known === undefined)
      throw cliErrors.bad_option({ option: '--sink', problem: `no sink ${name}; there are ${SINKS.join(', ')}` })
    return known
  })
}

/** Throws cliErrors.no_tenant unless the newest version of the tenant's file is there and not deleted. */
export async function requireActive(kafka: KafkaPort, tenant: string): Promise<void> {
  const { versions } = await readPublished(kafka)
  const own = versions.filter((version) => version.tenant === tenant).sort((a, b) => b.version - a.version)
  if (tenant === PEGEL_TENANT || own[0]?.deleted !== false)
    throw cliErrors.no_tenant({ tenant, what: own[0] === undefined ? 'does not exist' : 'was deleted' })
}

/** A tenant's records are in one partition of `metrics`, since its id is their key. */
export async function rangeOf(kafka: KafkaPort, { tenant, fromMs, toMs }: ReplayPlan): Promise<PlannedRange> {
  const [ends, starts, stops] = await Promise.all([
    kafka.offsets(METRICS_TOPIC),
    kafka.offsetsAt(METRICS_TOPIC, fromMs),
    kafka.offsetsAt(METRICS_TOPIC, toMs),
  ])
  const partition = partitionOf(tenant, ends.length)
  const at = (list: readonly { readonly partition: number; readonly offset: number }[]): number =>
    list.find((each) => each.partition === partition)?.offset ?? 0
  const earliest = ends.find((each) => each.partition === partition)?.earliest ?? 0
  const from = at(starts)
  return { partition, from, to: Math.max(from, at(stops)), trimmed: earliest > 0 && from === earliest }
}

export function auditOf({ id, tenant, sinks, fromMs, toMs }: ReplayPlan): AuditAction {
  const parameters = { sinks: sinks.join(), from_ms: fromMs, to_ms: toMs }
  return { action: REPLAY_ACTION, tenant, target: id, parameters }
}

/** The plan of a replay that began before, from the audit. Throws cliErrors.no_replay. */
export async function readPlan(kafka: KafkaPort, schemas: SchemaLookup, id: string): Promise<ReplayPlan> {
  const ends = await kafka.offsets(AUDIT_TOPIC)
  const ranges = ends.map(({ partition, earliest, latest }) => ({ partition, from: earliest, to: latest }))
  for await (const records of readRange(kafka, { topic: AUDIT_TOPIC, ranges })) {
    for (const { value } of records) {
      const event = value === null ? undefined : decodeRecord('AuditEvent', value, schemas)
      if (event?.action === REPLAY_ACTION && event.target === id && event.outcome === 'started') return planOf(event)
    }
  }
  throw cliErrors.no_replay({ id })
}

function planOf({ target: id, tenant, parameters, atMs }: AuditRecord): ReplayPlan {
  const text = (name: string): string => parameters.find((each) => each.name === name)?.value ?? ''
  const sinks = parseSinks(text('sinks'))
  return { id, tenant, sinks, fromMs: Number(text('from_ms')), toMs: Number(text('to_ms')), startedMs: atMs }
}
