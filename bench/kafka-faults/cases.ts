import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { coordinatorOf } from '../support/kafka-admin.ts'
import type { KafkaComponent } from '../../tools/stack/index.ts'
import type { Group } from './group.ts'

export interface FaultCase {
  readonly name: string
  readonly members: number
  /** Resolves when everything is as it was. */
  strike(stage: Stage): Promise<void>
}

export interface Stage {
  readonly kafka: KafkaComponent
  readonly group: Group
  readonly groupId: string
}

const BUSY_MS = 15_000
const FROZEN_MS = 40_000
const DEAD_MS = 1000
const BROKER_DEAD_MS = 6000

/** The coordinator of the group, or another broker. */
async function killBroker({ kafka, groupId }: Stage, which: 'coordinator' | 'another'): Promise<void> {
  const coordinator = await coordinatorOf(kafka.url, groupId)
  const victim = kafka.brokers.find(({ nodeId }) => (nodeId === coordinator) === (which === 'coordinator'))
  await victim?.kill()
  await sleep(BROKER_DEAD_MS)
  await victim?.restart()
}

export const CASES: readonly FaultCase[] = [
  {
    name: 'a third member joins',
    members: 2,
    strike: ({ group }) => {
      group.start(2)
      return Promise.resolve()
    },
  },
  {
    name: 'rolling restart of four members',
    members: 4,
    async strike({ group }) {
      for (let index = 0; index < 4; index += 1) {
        await group.end(index, 'SIGTERM')
        group.start(index)
        await sleep(2000)
      }
    },
  },
  {
    name: 'kill -9 of one of four',
    members: 4,
    async strike({ group }) {
      await group.end(0, 'SIGKILL')
      await sleep(DEAD_MS)
      group.start(0)
    },
  },
  {
    name: 'SIGSTOP of one of four for 40 s',
    members: 4,
    async strike({ group }) {
      group.signal(0, 'SIGSTOP')
      await sleep(FROZEN_MS)
      group.signal(0, 'SIGCONT')
    },
  },
  {
    name: 'four busy processes beside them for 15 s',
    members: 4,
    async strike() {
      const busy = Array.from({ length: 4 }, () => spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }))
      await sleep(BUSY_MS)
      for (const child of busy) child.kill('SIGKILL')
    },
  },
  { name: 'kill -9 of a broker', members: 4, strike: (stage) => killBroker(stage, 'another') },
  { name: 'kill -9 of the coordinator', members: 4, strike: (stage) => killBroker(stage, 'coordinator') },
]
