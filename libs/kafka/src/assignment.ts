import kafkajs from 'kafkajs'
import type { PartitionMetadata } from './kafkajs-internals.ts'
import type { TopicPartition } from './port.ts'

const { MemberAssignment, MemberMetadata } = kafkajs.AssignerProtocol

/** Members of one group must agree on this name. */
export const PROTOCOL = 'pegel-copartitioned'
const VERSION = 0

export interface GroupMember {
  readonly memberId: string
  readonly memberMetadata: Buffer
}

export function subscriptionOf(topics: readonly string[]): { readonly name: string; readonly metadata: Buffer } {
  return { name: PROTOCOL, metadata: MemberMetadata.encode({ version: VERSION, topics: [...topics], userData: EMPTY }) }
}

/**
 * Partition p of every topic goes to the same member, so that a member which keeps state by partition number has its
 * input and its state together. A topic is shared among those who subscribed to it: members of two releases may differ.
 */
export function assignPartitions(
  members: readonly GroupMember[],
  partitionsOf: (topic: string) => readonly PartitionMetadata[],
): { memberId: string; memberAssignment: Buffer }[] {
  const assignments = new Map<string, Record<string, number[]>>()
  const subscribers = new Map<string, string[]>()
  for (const { memberId, memberMetadata } of [...members].sort((a, b) => (a.memberId < b.memberId ? -1 : 1))) {
    assignments.set(memberId, {})
    for (const topic of MemberMetadata.decode(memberMetadata)?.topics ?? []) {
      subscribers.set(topic, [...(subscribers.get(topic) ?? []), memberId])
    }
  }
  for (const [topic, memberIds] of subscribers) {
    for (const { partitionId } of partitionsOf(topic)) {
      const assignment = assignments.get(memberIds[partitionId % memberIds.length] ?? '')
      if (assignment !== undefined) (assignment[topic] ??= []).push(partitionId)
    }
  }
  return [...assignments].map(([memberId, assignment]) => ({
    memberId,
    memberAssignment: MemberAssignment.encode({ version: VERSION, assignment, userData: EMPTY }),
  }))
}

/** @param bytes empty for a member that got nothing */
export function partitionsIn(bytes: Buffer, topics: readonly string[]): TopicPartition[] {
  const assignment = MemberAssignment.decode(bytes)?.assignment ?? {}
  return topics.flatMap((topic) =>
    [...(assignment[topic] ?? [])].sort((a, b) => a - b).map((partition) => ({ topic, partition })),
  )
}

const EMPTY = Buffer.alloc(0)
