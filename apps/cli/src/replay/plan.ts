import { decodeRecord, PEGEL_TENANT } from '@pegel/contracts'
import type { AuditRecord, SchemaLookup } from '@pegel/contracts'
import { partitionOf, readRange } from '@pegel/kafka'
import type { KafkaPort, PartitionRange } from '@pegel/kafka'
import { AUDIT_TOPIC, INGEST_TOPICS, METRICS_TOPIC } from '@pegel/pipeline'
import type { AuditAction } from '@pegel/pipeline'
import { SINKS } from '@pegel/tenancy'
import type { SinkName } from '@pegel/tenancy'
import { cliErrors } from '../errors.ts'
import type { PublishedVersion } from '../tenants/plan.ts'
import { readPublished } from '../tenants/published.ts'

const DIRECT_TOPIC = 'pegel.ingest-direct.v1'

/** As the audit names them: of `metrics` as it is, and of `ingest` through the enricher again. */
const ACTIONS = { metrics: 'replay.metrics', ingest: 'replay.reprocess' } as const

/** What is to be sent again: fixed when the replay begins, and the same when it is resumed. */
export interface ReplayPlan {
  readonly id: string
  readonly tenant: string
  /** What is sent: the records of `metrics`, or those of `ingest`, by way of the enricher and the newest version of the tenant's file. */
  readonly from: 'metrics' | 'ingest'
  readonly sinks: readonly SinkName[]
  /** Receive time, ms since the epoch; `toMs` is not in it. */
  readonly fromMs: number
  readonly toMs: number
  readonly startedMs: number
}

export interface PlannedRange extends PartitionRange {
  readonly topic: string
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

/** The newest version of the tenant's file. Throws cliErrors.no_tenant unless it is there and not deleted. */
export async function requireActive(kafka: KafkaPort, tenant: string): Promise<PublishedVersion> {
  const newest = await readNewest(kafka, tenant)
  if (tenant === PEGEL_TENANT || newest?.deleted !== false)
    throw cliErrors.no_tenant({ tenant, what: newest === undefined ? 'does not exist' : 'was deleted' })
  return newest
}

/** The newest version of the tenant's file, which may say that it is deleted; undefined when there never was one. */
export async function readNewest(kafka: KafkaPort, tenant: string): Promise<PublishedVersion | undefined> {
  const { versions } = await readPublished(kafka)
  return versions.filter((version) => version.tenant === tenant).sort((a, b) => b.version - a.version)[0]
}

/** Where what is to be sent stands. */
export async function rangesOf(kafka: KafkaPort, plan: ReplayPlan): Promise<readonly PlannedRange[]> {
  const topics = plan.from === 'metrics' ? [METRICS_TOPIC] : INGEST_TOPICS
  return (await Promise.all(topics.map((topic) => rangesIn(kafka, topic, plan)))).flat()
}

/** A tenant's records are in one partition, since its id is their key; others than Pegel may choose another for them. */
async function rangesIn(
  kafka: KafkaPort,
  topic: string,
  { tenant, fromMs, toMs }: ReplayPlan,
): Promise<readonly PlannedRange[]> {
  const [ends, starts, stops] = await Promise.all([
    kafka.offsets(topic),
    kafka.offsetsAt(topic, fromMs),
    kafka.offsetsAt(topic, toMs),
  ])
  const at = (list: readonly { readonly partition: number; readonly offset: number }[], partition: number): number =>
    list.find((each) => each.partition === partition)?.offset ?? 0
  const own = partitionOf(tenant, ends.length)
  return ends
    .filter(({ partition }) => partition === own || topic === DIRECT_TOPIC)
    .map(({ partition, earliest }) => {
      const from = at(starts, partition)
      const to = Math.max(from, at(stops, partition))
      return { topic, partition, from, to, trimmed: earliest > 0 && from === earliest }
    })
}

export function auditOf({ id, tenant, from, sinks, fromMs, toMs }: ReplayPlan): AuditAction {
  const parameters = { sinks: sinks.join(), from_ms: fromMs, to_ms: toMs }
  return { action: ACTIONS[from], tenant, target: id, parameters }
}

/** The plan of a replay that began before, from the audit. Throws cliErrors.no_replay. */
export async function readPlan(kafka: KafkaPort, schemas: SchemaLookup, id: string): Promise<ReplayPlan> {
  const ends = await kafka.offsets(AUDIT_TOPIC)
  const ranges = ends.map(({ partition, earliest, latest }) => ({ partition, from: earliest, to: latest }))
  for await (const records of readRange(kafka, { topic: AUDIT_TOPIC, ranges })) {
    for (const { value } of records) {
      const event = value === null ? undefined : decodeRecord('AuditEvent', value, schemas)
      if (event?.target === id && event.outcome === 'started' && fromOf(event) !== undefined) return planOf(event)
    }
  }
  throw cliErrors.no_replay({ id })
}

function fromOf({ action }: AuditRecord): ReplayPlan['from'] | undefined {
  return (['metrics', 'ingest'] as const).find((from) => ACTIONS[from] === action)
}

function planOf(event: AuditRecord): ReplayPlan {
  const { target: id, tenant, parameters, atMs } = event
  const text = (name: string): string => parameters.find((each) => each.name === name)?.value ?? ''
  const [sinks, from] = [parseSinks(text('sinks')), fromOf(event) ?? 'metrics']
  return { id, tenant, from, sinks, fromMs: Number(text('from_ms')), toMs: Number(text('to_ms')), startedMs: atMs }
}
