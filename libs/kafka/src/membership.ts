import { assignPartitions, partitionsIn, subscriptionOf } from './assignment.ts'
import { byTopic } from './by-topic.ts'
import type { Connection } from './connection.ts'
import type { Broker, Cluster, KafkaJsError } from './kafkajs-internals.ts'
import type { CommitRequest, TopicPartition } from './port.ts'

/** One generation of the group as this member sees it; topics as on the wire. */
export interface Generation {
  readonly id: number
  readonly memberId: string
  readonly partitions: readonly TopicPartition[]
  /** When the request was sent that the group answered with it, by performance.now(). */
  readonly confirmedAtMs: number
}

export interface MembershipOptions {
  readonly connection: Connection
  readonly groupId: string
  readonly topics: readonly string[]
  readonly sessionTimeoutMs: number
  readonly rebalanceTimeoutMs: number
}

/** The group protocol of one member, request by request. Keeps no timers; consumer.ts decides when to do what. */
export class Membership {
  readonly #options: MembershipOptions
  #coordinator: Broker | null = null
  #memberId = ''

  constructor(options: MembershipOptions) {
    this.#options = options
  }

  /** Joins and syncs. May take as long as the slowest member needs to join. */
  async join(): Promise<Generation> {
    const { connection, groupId, topics, sessionTimeoutMs, rebalanceTimeoutMs } = this.#options
    const cluster = await connection.cluster()
    const coordinator = await this.#findCoordinator(cluster)
    try {
      const joined = await coordinator.joinGroup({
        groupId,
        sessionTimeout: sessionTimeoutMs,
        rebalanceTimeout: rebalanceTimeoutMs,
        memberId: this.#memberId,
        groupProtocols: [subscriptionOf(topics)],
      })
      this.#memberId = joined.memberId
      const leads = joined.leaderId === joined.memberId
      if (leads) await cluster.refreshMetadata()
      const confirmedAtMs = performance.now()
      const { memberAssignment } = await coordinator.syncGroup({
        groupId,
        generationId: joined.generationId,
        memberId: joined.memberId,
        groupAssignment: leads ? assignPartitions(joined.members, (t) => cluster.findTopicPartitionMetadata(t)) : [],
      })
      const partitions = partitionsIn(memberAssignment, topics)
      return { id: joined.generationId, memberId: joined.memberId, partitions, confirmedAtMs }
    } catch (error) {
      if (isMemberGone(error)) this.#memberId = ''
      throw error
    }
  }

  async heartbeat(generation: Generation): Promise<void> {
    await (await this.#coordinatorNow()).heartbeat(this.#member(generation))
  }

  async commit(generation: Generation, offsets: readonly CommitRequest[]): Promise<void> {
    const topics = byTopic(offsets, ({ partition, offset }) => ({ partition, offset: String(offset) }))
    await (await this.#coordinatorNow()).offsetCommit({ ...this.#member(generation), topics })
  }

  /** Committed offsets, -1 where there is none. */
  async committed(partitions: readonly TopicPartition[]): Promise<CommitRequest[]> {
    if (partitions.length === 0) return []
    const { groupId } = this.#options
    const topics = byTopic(partitions, ({ partition }) => ({ partition }))
    const { responses } = await (await this.#coordinatorNow()).offsetFetch({ groupId, topics })
    return responses.flatMap(({ topic, partitions: found }) =>
      found.map(({ partition, offset }) => ({ topic, partition, offset: Number(offset) })),
    )
  }

  async leave(): Promise<void> {
    const memberId = this.#memberId
    if (memberId === '') return
    this.#memberId = ''
    await (await this.#coordinatorNow()).leaveGroup({ groupId: this.#options.groupId, memberId })
  }

  /** Asks anew who coordinates the group before the next request. */
  forgetCoordinator(): void {
    this.#coordinator = null
  }

  /** This member is unknown to the group: the next join is that of a new one. */
  forgetMember(): void {
    this.#memberId = ''
  }

  async #coordinatorNow(): Promise<Broker> {
    if (this.#coordinator?.isConnected() === true) return this.#coordinator
    return this.#findCoordinator(await this.#options.connection.cluster())
  }

  async #findCoordinator(cluster: Cluster): Promise<Broker> {
    this.#coordinator = await cluster.findGroupCoordinator({ groupId: this.#options.groupId })
    return this.#coordinator
  }

  #member(generation: Generation): { groupId: string; groupGenerationId: number; memberId: string } {
    return { groupId: this.#options.groupId, groupGenerationId: generation.id, memberId: generation.memberId }
  }
}

/** The group goes through a rebalance: join again. */
export function isRebalance(error: unknown): boolean {
  const { type } = error as KafkaJsError
  return type === 'REBALANCE_IN_PROGRESS' || type === 'ILLEGAL_GENERATION' || isMemberGone(error)
}

/** The coordinator has dropped this member. */
export function isMemberGone(error: unknown): boolean {
  const { type } = error as KafkaJsError
  return type === 'UNKNOWN_MEMBER_ID' || type === 'FENCED_INSTANCE_ID'
}
