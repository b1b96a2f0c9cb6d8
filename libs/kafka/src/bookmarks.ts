import { messageOf } from '@pegel/errors'
import { Connection } from './connection.ts'
import { kafkaErrors } from './errors.ts'
import { byTopic } from './by-topic.ts'
import type { Names } from './names.ts'
import type { CommitRequest } from './port.ts'
import type { WireSettings } from './wire.ts'

/** Offsets of groups without members. Kafka takes them from anybody, as long as nobody joins the group. */
const NOBODY = { groupGenerationId: -1, memberId: '' }

/** Over one connection that is made when needed and replaced when something fails. */
export class Bookmarks {
  readonly #connection: Connection
  readonly #names: Names

  constructor(settings: WireSettings, names: Names) {
    this.#connection = new Connection(settings, [])
    this.#names = names
  }

  /** @throws kafkaErrors.broker_lost; setting them again is harmless */
  async set(group: string, offsets: readonly CommitRequest[]): Promise<void> {
    if (offsets.length === 0) return
    const groupId = this.#names.toWire(group)
    const onWire = offsets.map((at) => ({ ...at, topic: this.#names.toWire(at.topic) }))
    const topics = byTopic(onWire, ({ partition, offset }) => ({ partition, offset: String(offset) }))
    const cluster = await this.#connection.cluster().catch((error: unknown) => {
      throw kafkaErrors.broker_lost({ reason: messageOf(error) }, error)
    })
    try {
      const coordinator = await cluster.findGroupCoordinator({ groupId })
      await coordinator.offsetCommit({ groupId, ...NOBODY, topics })
    } catch (error) {
      this.#connection.lost(cluster)
      throw kafkaErrors.broker_lost({ reason: messageOf(error) }, error)
    }
  }

  close(): void {
    this.#connection.close()
  }
}
