import { createKafka } from '@pegel/kafka'
import { createLogger, createMetrics } from '@pegel/telemetry'

export const DRIVERS = ['pegel', 'platformatic', 'platformatic-848'] as const
export type DriverName = (typeof DRIVERS)[number]

export interface ReadOptions {
  readonly brokers: readonly string[]
  readonly group: string
  readonly topic: string
  readonly onValues: (values: readonly number[]) => void
}

export interface Reading {
  close(): Promise<void>
}

/** Of both; the KIP-848 protocol leaves it to the broker, whose least is 45 s unless it is told otherwise. */
const SESSION_MS = 10_000

export function read(driver: DriverName, options: ReadOptions): Promise<Reading> {
  return driver === 'pegel' ? readByPegel(options) : readByPlatformatic(options, driver === 'platformatic-848')
}

/** Commits behind what was handed over, batch by batch. */
async function readByPegel({ brokers, group, topic, onValues }: ReadOptions): Promise<Reading> {
  const kafka = createKafka({
    ...{ brokers, clientId: 'bench', sessionTimeoutMs: SESSION_MS },
    log: createLogger({ service: 'bench', level: 'silent' }),
    metrics: createMetrics({ service: 'bench', defaults: false }),
  })
  const consumer = kafka.consumer({
    group,
    topics: [topic],
    handlers: {
      onAssigned: () => undefined,
      onRevoked: () => undefined,
      onGap: () => undefined,
      onBatch({ partition, epoch, records }) {
        onValues(records.map(({ value }) => Number(value)))
        const offset = (records.at(-1)?.offset ?? -1) + 1
        void consumer.commit([{ topic, partition, offset }], epoch).catch(() => undefined)
      },
    },
  })
  await consumer.start()
  return { close: () => kafka.close() }
}

/** The part of @platformatic/kafka that is used here; a benchmark alone needs it. */
interface PlatformaticKafka {
  readonly Consumer: new (options: object) => {
    consume(options: object): Promise<AsyncIterable<Message>>
    close(force: boolean): Promise<void>
  }
}

interface Message {
  readonly partition: number
  readonly value: Buffer
  commit(): Promise<void> | void
}

const COMMIT_MS = 100

async function readByPlatformatic(options: ReadOptions, kip848: boolean): Promise<Reading> {
  const name = '@platformatic/kafka'
  const { Consumer } = (await import(name)) as PlatformaticKafka
  const session = { sessionTimeout: SESSION_MS, heartbeatInterval: 1000, rebalanceTimeout: 30_000 }
  const consumer = new Consumer({
    ...{
      clientId: 'bench',
      bootstrapBrokers: options.brokers,
      groupId: options.group,
      autocommit: false,
      maxWaitTime: 500,
    },
    ...(kip848 ? { groupProtocol: 'consumer' } : session),
    ...{ retries: true, retryDelay: 200 },
  })
  const newest = new Map<number, Message>()
  const timer = setInterval(() => {
    for (const message of newest.values()) void Promise.resolve(message.commit()).catch(() => undefined)
    newest.clear()
  }, COMMIT_MS)
  const stream = await consumer.consume({ topics: [options.topic], mode: 'committed', fallbackMode: 'earliest' })
  void follow(stream, (message) => {
    options.onValues([Number(message.value)])
    newest.set(message.partition, message)
  })
  return {
    async close() {
      clearInterval(timer)
      await Promise.all([...newest.values()].map(async (message) => message.commit())).catch(() => undefined)
      await consumer.close(true)
    },
  }
}

/** A stream that fails ends the process: whoever keeps it starts it again, as a service would be. */
async function follow(stream: AsyncIterable<Message>, take: (message: Message) => void): Promise<void> {
  for await (const message of stream) take(message)
}
