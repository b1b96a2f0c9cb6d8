import type { Environment } from '@pegel/config'
import { messageOf } from '@pegel/errors'
import { createKafka } from '@pegel/kafka'
import type { KafkaPort } from '@pegel/kafka'
import { createLogger, createMetrics } from '@pegel/telemetry'
import type { Logger } from '@pegel/telemetry'
import { cliErrors } from './errors.ts'

/** What every command gets: where it writes, what is set, and Kafka when it asks. */
export interface CliContext {
  readonly env: Environment
  /** Results, to standard output. */
  readonly print: (text: string) => void
  /** Progress and problems, to standard error. */
  readonly note: (line: string) => void
  readonly log: Logger
  /** Runs something with Kafka and closes it afterwards. Throws cliErrors.no_brokers or no_answer. */
  withKafka<T>(use: (kafka: KafkaPort) => Promise<T>): Promise<T>
}

const ANSWER_MS = 10_000

export function createContext(env: Environment, output: Pick<CliContext, 'print' | 'note'>): CliContext {
  // A command that works says so by its output; what its libraries retried matters to whoever looks for it.
  const level = env.MONITORING_LOG_LEVEL === 'debug' ? 'debug' : 'error'
  const log = createLogger({ service: 'pegel', level, destination: { write: (line) => output.note(line.trimEnd()) } })
  return {
    env,
    ...output,
    log,
    async withKafka(use) {
      const brokers = brokersOf(env)
      const metrics = createMetrics({ service: 'pegel', defaults: false })
      const kafka = createKafka({ brokers, clientId: 'pegel-cli', prefix: env.PEGEL_KAFKA_PREFIX ?? '', log, metrics })
      try {
        await answers(kafka, brokers)
        return await use(kafka)
      } finally {
        await kafka.close()
      }
    },
  }
}

export function brokersOf(env: Environment): readonly string[] {
  const brokers = (env.PEGEL_KAFKA_BROKERS ?? '')
    .split(',')
    .map((broker) => broker.trim())
    .filter((broker) => broker !== '')
  if (brokers.length === 0) throw cliErrors.no_brokers()
  return brokers
}

async function answers(kafka: KafkaPort, brokers: readonly string[]): Promise<void> {
  try {
    await kafka.check(AbortSignal.timeout(ANSWER_MS))
  } catch (error) {
    const details = { seconds: ANSWER_MS / 1000, brokers: brokers.join(','), problem: messageOf(error) }
    throw cliErrors.no_answer(details, error)
  }
}

/** A whole number from the environment or the default. Throws cliErrors.bad_option. */
export function numberOf(env: Environment, name: string, fallback: number): number {
  const text = env[name]
  if (text === undefined || text === '') return fallback
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0)
    throw cliErrors.bad_option({ option: name, problem: `not a whole number: ${text}` })
  return value
}
