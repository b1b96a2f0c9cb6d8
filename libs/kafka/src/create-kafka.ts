import { AdminDesk } from './admin.ts'
import { Bookmarks } from './bookmarks.ts'
import { createConsumer } from './consumer.ts'
import { createNames } from './names.ts'
import type { AllReader, Consumer, KafkaOptions, KafkaPort, Producer } from './port.ts'
import { createProducer } from './producer.ts'
import { readAll } from './read-all.ts'
import { ensureTopics } from './topics.ts'
import type { WireSettings } from './wire.ts'

const SESSION_TIMEOUT_MS = 10_000

/** Beyond the public options, for tests: where connections really go, and how long a request may take. */
export interface KafkaSettings extends KafkaOptions {
  readonly route?: NonNullable<WireSettings['route']>
  readonly requestTimeoutMs?: number
}

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
  const open = new Set<Producer | Consumer | AllReader>()
  const track = <T extends Producer | Consumer>(part: T): T => {
    open.add(part)
    return part
  }
  return {
    producer: (settings) =>
      track(createProducer({ wire, names, metrics, topicInfo: (topic) => desk.topicInfo(topic) }, settings)),
    consumer: (settings) => track(createConsumer({ wire, names, log, metrics }, { sessionTimeoutMs, ...settings })),
    async readAll(topic, onRecord, options) {
      const reader = await readAll({ wire, names, log, desk }, topic, onRecord, options)
      // Readers come and go while a process lives: one that was closed is let go.
      const tracked = {
        ...reader,
        close() {
          open.delete(tracked)
          return reader.close()
        },
      }
      open.add(tracked)
      return tracked
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
