import { describe, expect, it } from '@jest/globals'
import type { ConsumerHandlers, KafkaPort, TopicPartition } from '@pegel/kafka'
import { createLogger } from '@pegel/telemetry'
import { eventually } from '@pegel/testing'
import { LiveGateways } from './live-gateways.ts'

const log = createLogger({ service: 'test', level: 'silent' })

/** A group that has `members.count` of them, or that cannot be asked. */
function setUp(members: { count: number | Error }) {
  const counts: number[] = []
  const paused: (readonly TopicPartition[])[] = []
  const group: { handlers?: ConsumerHandlers; closed: boolean } = { closed: false }
  const consumer: KafkaPort['consumer'] = ({ handlers }) => {
    group.handlers = handlers
    return {
      start: () => Promise.reject(new Error('no coordinator')),
      pause: (partitions) => paused.push(partitions),
      resume: () => undefined,
      commit: () => Promise.reject(new Error('it must not commit')),
      close: () => Promise.resolve(void (group.closed = true)),
      healthy: true,
      confirmedAtMs: Infinity,
    }
  }
  const groupMembers: KafkaPort['groupMembers'] = () =>
    members.count instanceof Error ? Promise.reject(members.count) : Promise.resolve(members.count)
  const gateways = new LiveGateways({
    ...{ kafka: { consumer, groupMembers }, group: 'gateways', topic: 't', log, intervalMs: 5 },
    onCount: (count) => counts.push(count),
  })
  return { gateways, counts, paused, group }
}

describe('LiveGateways', () => {
  it('counts the members, itself at least, and keeps the last count while nobody answers', async () => {
    const members: { count: number | Error } = { count: 0 }
    const { gateways, group } = setUp(members)
    await gateways.start()
    expect(gateways.count).toBe(1)
    members.count = 3
    await eventually(() => expect(gateways.count).toBe(3))
    members.count = new Error('Kafka is away')
    await gateways.close()
    expect([gateways.count, group.closed]).toEqual([3, true])
  })

  it('reads nothing, and counts at once when a member came or went', async () => {
    const members = { count: 1 }
    const { gateways, paused, group, counts } = setUp(members)
    await gateways.start()
    members.count = 2
    const partitions = [{ topic: 't', partition: 0 }]
    group.handlers?.onAssigned({ epoch: 1, partitions })
    expect(paused).toEqual([partitions])
    await eventually(() => expect(counts.at(-1)).toBe(2))
    await gateways.close()
  })
})
