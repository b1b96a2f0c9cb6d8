import { describe, expect, it } from '@jest/globals'
import type { TopicPartition } from '@pegel/kafka'
import { PartitionFlow } from './partition-flow.ts'

const at = (partition: number): TopicPartition => ({ topic: 'm', partition })

function flowOf(partitions: number): { flow: PartitionFlow; calls: string[] } {
  const calls: string[] = []
  const note = (verb: string) => (list: readonly TopicPartition[]) =>
    calls.push(`${verb} ${list.map(({ partition }) => partition).join(',')}`)
  const consumer = { pause: note('pause'), resume: note('resume') }
  return {
    flow: new PartitionFlow(
      consumer,
      Array.from({ length: partitions }, (_, index) => at(index)),
    ),
    calls,
  }
}

describe('PartitionFlow', () => {
  it('pauses a partition with its first full lane and resumes it with its last', () => {
    const { flow, calls } = flowOf(2)
    flow.holdLane('a', at(1))
    flow.holdLane('b', at(1))
    flow.holdLane('a', at(1))
    expect(flow.pausedPartitions).toBe(1)
    flow.releaseLane('a')
    expect(calls).toEqual(['pause 1'])
    flow.releaseLane('b')
    flow.releaseLane('b')
    expect(calls).toEqual(['pause 1', 'resume 1'])
    expect(flow.pausedPartitions).toBe(0)
  })

  it('pauses all partitions for one reason after another and resumes them with the last', () => {
    const { flow, calls } = flowOf(2)
    flow.holdAll('backend')
    flow.holdAll('total_bytes')
    flow.releaseAll('backend')
    flow.releaseAll('backend')
    expect(flow.pausedPartitions).toBe(2)
    flow.releaseAll('total_bytes')
    expect(calls).toEqual(['pause 0,1', 'resume 0,1'])
  })

  it('keeps a partition with a full lane paused when the others go on', () => {
    const { flow, calls } = flowOf(2)
    flow.holdLane('a', at(0))
    flow.holdAll('backend')
    flow.releaseAll('backend')
    expect(calls).toEqual(['pause 0', 'pause 0,1', 'resume 1'])
  })

  it('does not resume a partition whose lane emptied while all are paused', () => {
    const { flow, calls } = flowOf(1)
    flow.holdAll('stopping')
    flow.holdLane('a', at(0))
    flow.releaseLane('a')
    expect(calls).toEqual(['pause 0'])
    flow.releaseAll('stopping')
    expect(calls).toEqual(['pause 0', 'resume 0'])
  })

  it('resumes nothing when every partition has a full lane', () => {
    const { flow, calls } = flowOf(1)
    flow.holdLane('a', at(0))
    flow.holdAll('backend')
    flow.releaseAll('backend')
    expect(calls).toEqual(['pause 0', 'pause 0'])
  })
})
