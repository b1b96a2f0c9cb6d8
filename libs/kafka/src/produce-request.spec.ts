import { createRequire } from 'node:module'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import fc from 'fast-check'
import type { ProduceRequest } from './kafkajs-internals.ts'
import { encodeProduce } from './produce-request.ts'

/** kafkajs' own encoding. */
const require = createRequire(import.meta.url)
const createRequest = require('kafkajs/src/protocol/request.js') as (
  given: object,
) => Promise<{ readonly buffer: Buffer }>
const produceV7 = require('kafkajs/src/protocol/requests/produce/v7/request.js') as (request: object) => object

const topic = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
const message = fc.record({
  key: topic,
  value: fc.option(fc.uint8Array({ maxLength: 2000 }).map((each) => Buffer.from(each))),
  headers: fc.dictionary(topic, topic, { maxKeys: 3 }),
})
const partition = fc.record({
  partition: fc.nat(1000),
  firstSequence: fc.nat(1000),
  messages: fc.array(message, { minLength: 1, maxLength: 20 }),
})
const partitions = fc.array(partition, { minLength: 1, maxLength: 4 })
const request: fc.Arbitrary<ProduceRequest> = fc.record(
  {
    transactionalId: topic,
    ...{ producerId: fc.constant('77'), producerEpoch: fc.nat(100), acks: fc.constant(-1), timeout: fc.nat(60_000) },
    compression: fc.constant(0),
    topicData: fc.array(fc.record({ topic, partitions }), { minLength: 1, maxLength: 4 }),
  },
  { requiredKeys: ['producerId', 'producerEpoch', 'acks', 'timeout', 'compression', 'topicData'] },
)
const HEAD = { version: 7, correlationId: 4711, clientId: 'gäteway' }

describe('encodeProduce', () => {
  // The time of writing is in the records.
  beforeEach(() => {
    jest.spyOn(Date, 'now').mockReturnValue(1_795_000_000_123)
  })
  afterEach(() => {
    jest.restoreAllMocks()
  })

  it('writes the bytes that kafkajs writes', async () => {
    await fc.assert(
      fc.asyncProperty(request, async (given) => {
        const { correlationId, clientId } = HEAD
        const theirs = await createRequest({ correlationId, clientId, request: produceV7(given) })
        const ours = await encodeProduce(given, HEAD)
        expect(ours.toString('hex')).toBe(theirs.buffer.toString('hex'))
      }),
      { numRuns: 100 },
    )
  })

  it.each([2, 9])('refuses version %i, whose layout is another', async (version) => {
    const nothing: ProduceRequest = {
      ...{ producerId: '1', producerEpoch: 0, acks: -1, timeout: 1 },
      compression: 0,
      topicData: [],
    }
    await expect(encodeProduce(nothing, { ...HEAD, version })).rejects.toThrow(`version ${version}`)
  })
})
