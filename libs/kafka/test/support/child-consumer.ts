import { writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLogger, createMetrics } from '@pegel/telemetry'
import { createKafka } from '../../src/create-kafka.ts'

/** A process of its own, to be killed: prints each record when its "work" is done, and commits after that. */
const [, , brokers = '', prefix = '', group = '', topic = ''] = process.argv
const log = createLogger({ service: 'child', level: 'silent' })
const kafka = createKafka({
  brokers: brokers.split(','),
  clientId: 'child',
  prefix,
  log,
  metrics: createMetrics({ service: 'child', defaults: false }),
})

let work = Promise.resolve()
const consumer = kafka.consumer({
  group,
  topics: [topic],
  sessionTimeoutMs: 6000,
  maxBytesPerPartition: 200,
  handlers: {
    onAssigned: () => undefined,
    onRevoked: () => undefined,
    onGap: () => undefined,
    onBatch(batch) {
      for (const record of batch.records) {
        work = work.then(async () => {
          await sleep(5)
          writeSync(1, `${record.offset}\n`)
          const { partition } = batch
          await consumer.commit([{ topic, partition, offset: record.offset + 1 }], batch.epoch)
        })
      }
    },
  },
})
await consumer.start()
