import { describe, expect, it } from '@jest/globals'
import type { AllReader, KafkaRecord, ReadAllOptions } from '@pegel/kafka'
import { readCompacted } from './read-compacted.ts'

/** A topic that holds these records, and may never be read to its end. */
function kafkaOf(records: readonly (readonly [key: string, value: string | null])[], { ends = true } = {}) {
  const asked: { topic: string; options: ReadAllOptions | undefined; closed: number }[] = []
  return {
    asked,
    readAll(topic: string, onRecord: (record: KafkaRecord) => void, options?: ReadAllOptions): Promise<AllReader> {
      const ask = { topic, options, closed: 0 }
      asked.push(ask)
      for (const [key, value] of records)
        onRecord({ key: Buffer.from(key), value: value === null ? null : Buffer.from(value) } as KafkaRecord)
      const caughtUp = Promise.withResolvers<undefined>()
      caughtUp.promise.catch(() => undefined)
      if (ends) caughtUp.resolve(undefined)
      const close = (): Promise<void> => {
        ask.closed += 1
        caughtUp.reject(new Error('closed'))
        return Promise.resolve()
      }
      return Promise.resolve({
        caughtUp: caughtUp.promise,
        catchUp: () => caughtUp.promise,
        close,
        pause: () => undefined,
        resume: () => undefined,
      })
    },
  }
}

describe('readCompacted', () => {
  it('gives the last value of each key, and closes its reader', async () => {
    const kafka = kafkaOf([
      ['a', '1'],
      ['b', '1'],
      ['a', '2'],
      ['b', null],
    ])
    const values = await readCompacted({ kafka, topic: 'states', partitions: [3] })
    expect([...values].map(([key, value]) => [key, value.toString()])).toEqual([['a', '2']])
    expect(kafka.asked).toEqual([{ topic: 'states', options: { partitions: [3] }, closed: 1 }])
  })

  it('gives up when the signal aborts, before the topic was asked for or while it is read', async () => {
    const kafka = kafkaOf([], { ends: false })
    const reading = new AbortController()
    const given = readCompacted({ kafka, topic: 'states', signal: reading.signal })
    await new Promise(setImmediate)
    reading.abort()
    await expect(given).rejects.toThrow('closed')
    const late = readCompacted({ kafka, topic: 'states', signal: AbortSignal.abort(new Error('over')) })
    await expect(late).rejects.toThrow('over')
    expect(kafka.asked.every(({ closed }) => closed > 0)).toBe(true)
  })
})
