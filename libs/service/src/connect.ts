import type { BaseConfig } from '@pegel/config'
import { SCHEMAS } from '@pegel/contracts'
import type { SchemaLookup } from '@pegel/contracts'
import { isRetryable, PegelError } from '@pegel/errors'
import { createSchemaStore } from '@pegel/kafka'
import type { KafkaPort } from '@pegel/kafka'
import { createTenantDirectory, retry } from '@pegel/pipeline'
import type { Logger, Metrics } from '@pegel/telemetry'
import type { TenantDirectory } from '@pegel/tenancy'
import type { Health } from './health.ts'

export interface ConnectOptions {
  readonly config: BaseConfig
  readonly kafka: KafkaPort
  readonly log: Logger
  readonly metrics: Metrics
  readonly health: Health
  readonly signal: AbortSignal
}

export interface Connected {
  readonly tenants: TenantDirectory
  readonly schemas: SchemaLookup
  close(): Promise<void>
}

const ATTEMPT_MS = 10_000

/**
 * Waits for Kafka for as long as it takes, then makes the topics, publishes the schemas and reads tenants and schemas to their
 * end. What cannot get better by waiting (other partition counts, missing rights) is thrown at once.
 */
export async function connect(options: ConnectOptions): Promise<Connected> {
  const { config, kafka, log, metrics, health, signal } = options
  const again = (error: unknown): boolean => isRetryable(error) || !(error instanceof PegelError)
  const step = async <T>(what: string, attempt: () => Promise<T>): Promise<T> => {
    health.waitFor(what)
    return retry(attempt, { what, log, signal, again, baseMs: 250 })
  }
  const brokers = config.PEGEL_KAFKA_BROKERS.join(',')
  await step(`reach Kafka at ${brokers}`, () => kafka.check(AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT_MS)])))
  await step('create the topics', () =>
    kafka.ensureTopics({
      partitions: config.PEGEL_PARTITIONS,
      replication: config.PEGEL_REPLICATION,
      retentionDays: config.MONITORING_RETENTION_DAYS,
    }),
  )
  const schemas = await step('read the schemas', () => orAborted(signal, createSchemaStore(kafka, log)))
  await step('publish the schemas', () => schemas.publish(Object.values(SCHEMAS)))
  const tenants = await step('read the tenants', () => createTenantDirectory({ kafka, log, metrics }))
  await orAborted(signal, tenants.caughtUp)
  return {
    tenants: tenants.directory,
    schemas,
    close: async () => {
      await Promise.all([tenants.close(), schemas.close()])
    },
  }
}

/** The readers retry by themselves, so only the signal ends the wait early. */
async function orAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  let stop = (): void => undefined
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => {
      reject(signal.reason instanceof Error ? signal.reason : new Error('stopped'))
    }
  })
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
