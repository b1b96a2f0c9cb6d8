import { decodeRecord } from '@pegel/contracts'
import type { AlertStateRecord } from '@pegel/contracts'
import { PegelError, messageOf } from '@pegel/errors'
import { partitionOf } from '@pegel/kafka'
import type { KafkaPort } from '@pegel/kafka'
import { readCompacted } from '@pegel/pipeline'
import { gatewayErrors } from '../errors.ts'

export interface AlertBookOptions {
  readonly kafka: Pick<KafkaPort, 'readAll'>
  readonly partitionCount: number
  /** How long Kafka may take. */
  readonly timeoutMs: number
}

const STATE_TOPIC = 'pegel.alert-state.v1'
/** Whoever asks within this time gets the same answer: however often it is asked, a partition is read once a second at most. */
const KEPT_MS = 1000

/** What the alert-router has stored of a tenant, read when somebody asks; no router need be there for it. */
export class AlertBook {
  readonly #options: AlertBookOptions
  readonly #read = new Map<number, Promise<readonly AlertStateRecord[]>>()

  constructor(options: AlertBookOptions) {
    this.#options = options
  }

  /** @throws gatewayErrors.kafka_unavailable */
  async of(tenant: string): Promise<readonly AlertStateRecord[]> {
    const partition = partitionOf(tenant, this.#options.partitionCount)
    let read = this.#read.get(partition)
    if (read === undefined) {
      read = this.#load(partition)
      this.#read.set(partition, read)
      const forget = (): void => void this.#read.delete(partition)
      read.then(() => setTimeout(forget, KEPT_MS).unref(), forget)
    }
    return (await read).filter((state) => state.tenant === tenant)
  }

  async #load(partition: number): Promise<readonly AlertStateRecord[]> {
    const { kafka, timeoutMs } = this.#options
    const signal = AbortSignal.timeout(timeoutMs)
    try {
      const late = new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error(`no answer within ${timeoutMs} ms`)))
      })
      const values = await Promise.race([
        readCompacted({ kafka, topic: STATE_TOPIC, partitions: [partition], signal }),
        late,
      ])
      return [...values.values()].flatMap(decode)
    } catch (error) {
      const problem = error instanceof PegelError ? error.code : messageOf(error)
      throw gatewayErrors.kafka_unavailable({ problem, retryAfterS: 1 }, error)
    }
  }
}

/** What cannot be read is of a newer program, and left out. */
function decode(value: Buffer): readonly AlertStateRecord[] {
  try {
    return [decodeRecord('AlertState', value)]
  } catch {
    return []
  }
}
