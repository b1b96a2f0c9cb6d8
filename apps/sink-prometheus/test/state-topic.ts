import type { KafkaPort, KafkaRecord, OutgoingRecord } from '@pegel/kafka'

/** The compacted topic, in memory. */
export class StateTopic {
  readonly records: OutgoingRecord[] = []
  failures = 0

  asPort(): KafkaPort {
    const send = (records: readonly OutgoingRecord[]): Promise<unknown[]> => {
      if (this.failures-- > 0) return Promise.reject(new Error('no broker'))
      this.records.push(...records)
      return Promise.resolve([])
    }
    const readAll = (_topic: string, onRecord: (record: KafkaRecord) => void) => {
      for (const { key, value, partition = 0 } of this.records)
        onRecord({ ...EMPTY, key: Buffer.from(key), value, partition })
      return Promise.resolve({ caughtUp: Promise.resolve(), close: () => Promise.resolve() })
    }
    return {
      producer: () => ({ send, bytesInFlight: 0, close: () => Promise.resolve() }),
      readAll,
    } as unknown as KafkaPort
  }
}
const EMPTY: KafkaRecord = { topic: '', partition: 0, offset: 0, timestampMs: 0, key: null, value: null, headers: {} }
