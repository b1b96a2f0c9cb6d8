import { AdminDesk } from './admin.ts'
import { Bookmarks } from './bookmarks.ts'
import { createConsumer } from './consumer.ts'
import { createNames } from './names.ts'
import type { AllReader, Consumer, KafkaOptions, KafkaPort, Producer, TransactionalProducer } from './port.ts'
import { createProducer } from './producer.ts'
import { openTransactional } from './transactional-producer.ts'
import { readAll } from './read-all.ts'
import { ensureTopics } from './topics.ts'
import type { WireSettings } from './wire.ts'

const SESSION_TIMEOUT_MS = 10_000

/** Beyond the public options, for tests: where connections really go, and how long a request may take. */
export interface KafkaSettings extends KafkaOptions {
  readonly route?: NonNullable<WireSettings['route']>
  readonly requestTimeoutMs?: number
}

type Part = Producer | TransactionalProducer | Consumer | AllReader

/**
 * Opens nothing yet: every part connects when it is used.
 * @example const kafka = createKafka({ brokers: ['localhost:9092'], clientId: 'enricher-1', log, metrics })
 */
export function createKafka(options: KafkaSettings): KafkaPort {
  const { metrics, prefix, sessionTimeoutMs = SESSION_TIMEOUT_MS, ...wire } = options
  const { log } = options
  const names = createNames(prefix)
  const desk = new AdminDesk(wire, names)
  const bookmarks = new Bookmarks(wire, names)
  const open = new Set<Part>()
  const track = <T extends Producer | Consumer>(part: T): T => {
    open.add(part)
    return part
  }
  const producing = { wire, names, metrics, topicInfo: (topic: string) => desk.topicInfo(topic) }
  return {
    producer: (settings) => track(createProducer(producing, settings)),
    transactionalProducer: async (settings) => {
      const producer = await openTransactional(producing, settings)
      return passing<TransactionalProducer>(open, {
        commit: (records) => producer.commit(records),
        close: () => producer.close(),
      })
    },
    consumer: (settings) => track(createConsumer({ wire, names, log, metrics }, { sessionTimeoutMs, ...settings })),
    readAll: async (topic, onRecord, options) => {
      return passing<AllReader>(open, await readAll({ wire, names, log, desk }, topic, onRecord, options))
    },
    ensureTopics: (settings) => ensureTopics(desk, names, settings),
    offsets: (topic) => desk.offsets(topic),
    offsetsAt: (topic, timestampMs) => desk.offsetsAt(topic, timestampMs),
    committed: (group, topic) => desk.committed(group, topic),
    groupMembers: (group) => desk.groupMembers(group),
    bookmark: (group, offsets) => bookmarks.set(group, offsets),
    check: (signal) => desk.check(signal),
    async close() {
      const parts = [...open]
      open.clear()
      await Promise.all(parts.map((part) => part.close()))
      bookmarks.close()
      desk.close()
    },
  }
}

/** Parts that come and go while a process lives: one that was closed is let go. */
function passing<T extends AllReader | TransactionalProducer>(open: Set<Part>, part: T): T {
  const tracked: T = {
    ...part,
    close() {
      open.delete(tracked)
      return part.close()
    },
  }
  open.add(tracked)
  return tracked
}
