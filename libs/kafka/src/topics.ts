import { setTimeout as sleep } from 'node:timers/promises'
import { TOPICS, type TopicSpec } from '@pegel/contracts'
import { messageOf, PegelError } from '@pegel/errors'
import type { Admin, ITopicConfig } from 'kafkajs'
import type { AdminDesk } from './admin.ts'
import { kafkaErrors } from './errors.ts'
import type { Names } from './names.ts'
import type { EnsureTopicsOptions } from './port.ts'
import { protocolTypeOf } from './protocol-codes.ts'

const DAY_MS = 86_400_000
const READY_WITHIN_MS = 30_000

/** Creates what is missing of the topic table and waits for leaders. Several processes may do so at once. */
export async function ensureTopics(
  desk: AdminDesk,
  names: Names,
  options: EnsureTopicsOptions,
  patienceMs = READY_WITHIN_MS,
): Promise<void> {
  const giveUpAt = Date.now() + patienceMs
  for (;;) {
    try {
      await desk.use((admin) => create(admin, names, options))
      const waitingFor = await desk.use((admin) => notReady(admin, names, options))
      if (waitingFor === null) return
      if (Date.now() > giveUpAt) throw kafkaErrors.topic_not_created({ topic: waitingFor, reason: 'no leader' })
    } catch (error) {
      if (error instanceof PegelError) throw error
      if (Date.now() > giveUpAt || isFinal(error)) {
        throw kafkaErrors.topic_not_created({ topic: TOPICS.map(({ name }) => name).join(), reason: why(error) }, error)
      }
    }
    await sleep(100)
  }
}

async function create(admin: Admin, names: Names, options: EnsureTopicsOptions): Promise<void> {
  const present = new Set(await admin.listTopics())
  const missing = TOPICS.filter((spec) => !present.has(names.toWire(spec.name)))
  if (missing.length === 0) return
  // Resolves with false when another process was faster: just as good.
  await admin.createTopics({
    waitForLeaders: false,
    topics: missing.map((spec) => configOf(spec, names.toWire(spec.name), options)),
  })
}

/** @returns a topic that has no leaders yet, or null. */
async function notReady(admin: Admin, names: Names, options: EnsureTopicsOptions): Promise<string | null> {
  const { topics } = await admin.fetchTopicMetadata({ topics: TOPICS.map((spec) => names.toWire(spec.name)) })
  for (const spec of TOPICS) {
    const partitions = topics.find(({ name }) => name === names.toWire(spec.name))?.partitions ?? []
    const expected = partitionsOf(spec, options)
    if (partitions.length === 0 || partitions.some(({ leader }) => leader < 0)) return spec.name
    if (partitions.length !== expected) {
      throw kafkaErrors.partitions_differ({ topic: spec.name, actual: partitions.length, expected })
    }
  }
  return null
}

export function configOf(spec: TopicSpec, topic: string, options: EnsureTopicsOptions): ITopicConfig {
  const entries: Record<string, string> = {
    'cleanup.policy': spec.cleanup,
    'max.message.bytes': String(spec.maxMessageBytes),
    'message.timestamp.type': spec.timestampType,
    'min.insync.replicas': options.replication >= 3 ? '2' : '1',
  }
  if (spec.cleanup === 'delete') {
    const days =
      spec.retentionDays === 'retention' ? options.retentionDays : (spec.retentionDays ?? options.retentionDays)
    entries['retention.ms'] = String(days * DAY_MS)
  }
  return {
    topic,
    numPartitions: partitionsOf(spec, options),
    replicationFactor: options.replication,
    configEntries: Object.entries(entries).map(([name, value]) => ({ name, value })),
  }
}

function partitionsOf(spec: TopicSpec, options: EnsureTopicsOptions): number {
  return spec.partitions === 'data' ? options.partitions : spec.partitions
}

/** Too few brokers for the replication may be a cluster that is still starting; these will stay as they are. */
const FINAL = ['INVALID_CONFIG', 'INVALID_PARTITIONS', 'POLICY_VIOLATION', 'TOPIC_AUTHORIZATION_FAILED']

function isFinal(error: unknown): boolean {
  return partsOf(error).some((part) => FINAL.includes(protocolTypeOf(part) ?? ''))
}

function why(error: unknown): string {
  return [...new Set(partsOf(error).map(messageOf))].join('; ')
}

/** kafkajs wraps what went wrong with single topics in an aggregate. */
function partsOf(error: unknown): readonly unknown[] {
  const { errors } = error as { readonly errors?: readonly unknown[] }
  return errors ?? [error]
}
