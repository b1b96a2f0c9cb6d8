import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { openKafka, type TestKafka } from './support/kafka.ts'

let t: TestKafka
beforeAll(async () => {
  t = await openKafka()
})
afterAll(() => t.close())

describe('bookmark', () => {
  it('keeps offsets of a group that nobody joins', async () => {
    const topic = await t.topic('read', 3)
    const at = (partition: number, offset: number) => ({ topic, partition, offset })
    await t.kafka.bookmark('marks', [at(0, 7), at(2, 9)])
    await t.kafka.bookmark('marks', [at(2, 10)])
    await t.kafka.bookmark('marks', [])
    const other = t.another()
    expect(await other.committed('marks', topic)).toEqual([at(0, 7), at(1, -1), at(2, 10)])
    await other.close()
  })

  it('fails as retryable when no broker answers', async () => {
    const lonely = t.another({ brokers: ['127.0.0.1:1'] })
    await expect(lonely.bookmark('marks', [{ topic: 'read', partition: 0, offset: 1 }])).rejects.toMatchObject({
      code: 'kafka.broker_lost',
    })
    await lonely.close()
  })
})
