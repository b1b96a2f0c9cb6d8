import type {
  CommitRequest,
  Consumer,
  ConsumerOptions,
  KafkaPort,
  OutgoingRecord,
  Produced,
  Producer,
  TopicPartition,
} from '@pegel/kafka'
import { FakeLog } from './fake-log.ts'

/** Records of a partition that are handed out at a time. */
export const FETCH = 3

interface Assignment {
  readonly epoch: number
  readonly positions: Map<number, number>
  readonly paused: Set<number>
}

/** A consumer group over a log in memory: members come, go, die, and lose their partitions without knowing. */
export class FakeGroup {
  readonly log = new FakeLog()
  readonly topic: string
  readonly partitions: number
  /** By partition. */
  readonly committed = new Map<number, number>()
  /** Grows with every rebalance. */
  epoch = 0
  readonly #members = new Set<FakeMember>()
  #owners = new Map<number, FakeMember>()

  constructor(topic: string, partitions = 1) {
    this.topic = topic
    this.partitions = partitions
    for (let partition = 0; partition < partitions; partition += 1) this.log.records(topic, partition)
  }

  join(): FakeMember {
    const member = new FakeMember(this, (one) => {
      this.#members.add(one)
      this.rebalance()
    })
    return member
  }

  /** Divides the partitions anew among those who are there; everyone is told. */
  rebalance(): void {
    const members = [...this.#members]
    for (const member of members) member.revoke()
    this.epoch += 1
    this.#owners = new Map()
    for (let partition = 0; partition < this.partitions; partition += 1) {
      const owner = members[partition % Math.max(1, members.length)]
      if (owner !== undefined) this.#owners.set(partition, owner)
    }
    for (const member of members) member.assign(this.#of(member))
  }

  /** Gives its partitions to the others, and does not tell it: it is paused, or cut off. */
  expel(member: FakeMember): void {
    this.#members.delete(member)
    this.rebalance()
  }

  /** It hears that it lost its partitions, and joins again. */
  rejoin(member: FakeMember): void {
    member.revoke()
    this.#members.add(member)
    this.rebalance()
  }

  leave(member: FakeMember): void {
    if (!this.#members.delete(member)) return
    member.revoke()
    this.rebalance()
  }

  isOwner(member: FakeMember, partition: number): boolean {
    return this.#owners.get(partition) === member
  }

  /** Records that nobody has committed. */
  get lag(): number {
    let lag = 0
    for (let partition = 0; partition < this.partitions; partition += 1)
      lag += this.log.records(this.topic, partition).length - (this.committed.get(partition) ?? 0)
    return lag
  }

  #of(member: FakeMember): readonly number[] {
    return [...this.#owners].filter(([, owner]) => owner === member).map(([partition]) => partition)
  }
}

/** Kafka as one process sees it. */
export class FakeMember {
  readonly group: FakeGroup
  /** How often it has asked for records, and how many it was given. */
  fetches = 0
  fetched = 0
  readonly #join: (member: FakeMember) => void
  #options: ConsumerOptions | undefined
  #epoch = 0
  #assignment: Assignment | null = null
  #pumping = false
  #dead = false

  constructor(group: FakeGroup, join: (member: FakeMember) => void) {
    this.group = group
    this.#join = join
  }

  get isDead(): boolean {
    return this.#dead
  }

  get port(): KafkaPort {
    const port = {
      ...this.group.log.port,
      bookmark: async (group: string, offsets: readonly CommitRequest[]) => {
        this.#dieIfDead()
        await this.group.log.port.bookmark(group, offsets)
      },
      producer: () => this.#producer(),
      consumer: (options: ConsumerOptions) => this.#consumer(options),
      check: () => Promise.resolve(),
    }
    return port as unknown as KafkaPort
  }

  /** As kill -9 does: what is on its way may arrive, and nothing more is said or heard. */
  kill(): void {
    this.#dead = true
    this.#assignment = null
    this.group.expel(this)
  }

  assign(partitions: readonly number[]): void {
    const { topic, committed } = this.group
    this.#epoch += 1
    this.#assignment = {
      epoch: this.#epoch,
      positions: new Map(partitions.map((partition) => [partition, committed.get(partition) ?? 0])),
      paused: new Set(),
    }
    const handed = partitions.map((partition) => ({ topic, partition }))
    this.#options?.handlers.onAssigned({ epoch: this.#epoch, partitions: handed })
    this.#pump()
  }

  revoke(): void {
    if (this.#assignment === null) return
    this.#assignment = null
    this.#options?.handlers.onRevoked(this.#epoch)
  }

  #dieIfDead(): void {
    if (this.#dead) throw new Error('this process is dead')
  }

  #producer(): Producer {
    return {
      bytesInFlight: 0,
      send: async (records: readonly OutgoingRecord[]): Promise<readonly Produced[]> => {
        await new Promise(setImmediate)
        this.#dieIfDead()
        const produced = await this.group.log.send(records)
        this.#dieIfDead()
        return produced
      },
      close: () => Promise.resolve(),
    }
  }

  #consumer(options: ConsumerOptions): Consumer {
    this.#options = options
    const isPaused = (partitions: readonly TopicPartition[], paused: boolean): void => {
      for (const { partition } of partitions)
        if (paused) this.#assignment?.paused.add(partition)
        else this.#assignment?.paused.delete(partition)
      this.#pump()
    }
    return {
      start: () => {
        this.#join(this)
        return Promise.resolve()
      },
      pause: (partitions) => isPaused(partitions, true),
      resume: (partitions) => isPaused(partitions, false),
      commit: (offsets, epoch) => {
        if (!this.#dead && this.#assignment?.epoch === epoch)
          for (const { partition, offset } of offsets)
            if (this.group.isOwner(this, partition)) this.group.committed.set(partition, offset)
        return Promise.resolve()
      },
      close: () => {
        this.group.leave(this)
        return Promise.resolve()
      },
      confirmedAtMs: Infinity,
      healthy: true,
    }
  }

  /** Hands out a few records of each partition a turn. */
  #pump(): void {
    if (this.#pumping) return
    this.#pumping = true
    const turn = (): void => {
      const { topic, log } = this.group
      const assignment = this.#assignment
      if (assignment !== null && !this.#dead) {
        this.fetches += 1
        for (const [partition, next] of assignment.positions) {
          const all = log.records(topic, partition)
          const records = all.slice(next, next + FETCH)
          if (assignment.paused.has(partition) || records.length === 0) continue
          assignment.positions.set(partition, next + records.length)
          this.fetched += records.length
          this.#options?.handlers.onBatch({
            ...{ topic, partition, epoch: assignment.epoch, records },
            highWatermark: all.length,
          })
        }
      }
      this.#pumping = false
      // Whoever is gone fetches no more.
      if (this.#assignment !== null && !this.#dead) setTimeout(() => this.#pump(), 1)
    }
    setImmediate(turn)
  }
}
