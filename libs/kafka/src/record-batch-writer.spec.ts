import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { describe, expect, it, jest } from '@jest/globals'
import { buffers } from '@pegel/buffers'
import fc from 'fast-check'
import { batchesOf, isTransactional, recordsOf } from './record-batch.ts'
import { writeRecordBatch } from './record-batch-writer.ts'
import type { BatchWriting } from './record-batch-writer.ts'

/** kafkajs' own encoding of a batch. */
const { RecordBatch } = createRequire(import.meta.url)('kafkajs/src/protocol/recordBatch/v0/index.js') as {
  RecordBatch(batch: object): Promise<{ readonly buffer: Buffer }>
}
const Record = createRequire(import.meta.url)('kafkajs/src/protocol/recordBatch/record/v0/index.js') as (
  record: object,
) => object

const WRITING: BatchWriting = {
  ...{ compression: 0, producerId: '12345678901', producerEpoch: 7, firstSequence: 99, transactional: false },
  timestampMs: 1_795_000_000_123,
}
const bytes = fc.uint8Array({ maxLength: 300 }).map((each) => Buffer.from(each))
const messages = fc.array(
  fc.record({
    key: fc.oneof(fc.string({ unit: 'grapheme', maxLength: 20 }), bytes),
    value: fc.option(bytes),
    headers: fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), fc.oneof(fc.string({ maxLength: 9 }), bytes)),
  }),
  { minLength: 1, maxLength: 150 },
)

describe('writeRecordBatch', () => {
  it.each([0, 1, 2, 3, 4])('writes what a reader of record batches reads, with codec %i', async (compression) => {
    await fc.assert(
      fc.asyncProperty(messages, async (given) => {
        const batch = await writeRecordBatch(given, { ...WRITING, compression })
        const [header, ...others] = [...batchesOf(batch)]
        if (header === undefined) throw new Error('there is no batch')
        expect([others.length, header.count, header.lastOffset, header.producerId]).toEqual([
          ...[0, given.length, given.length - 1, 12_345_678_901],
        ])
        const read = await recordsOf(header)
        expect(read.map(({ offset, timestampMs }) => [offset, timestampMs])).toEqual(
          given.map((_, index) => [index, WRITING.timestampMs]),
        )
        expect(read.map(({ key, value }) => [key, value])).toEqual(
          given.map(({ key, value }) => [Buffer.from(key), value]),
        )
        expect(read.map(({ headers }) => ({ ...headers }))).toEqual(
          given.map(({ headers }) =>
            Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Buffer.from(value)])),
          ),
        )
      }),
      { numRuns: 30 },
    )
  })

  it('writes the bytes that kafkajs writes', async () => {
    await fc.assert(
      fc.asyncProperty(messages, fc.boolean(), async (given, transactional) => {
        const { compression, timestampMs, ...identity } = WRITING
        const theirs = await RecordBatch({
          ...{ ...identity, compression, transactional },
          ...{ firstTimestamp: timestampMs, maxTimestamp: timestampMs, lastOffsetDelta: given.length - 1 },
          records: given.map((message, offsetDelta) => Record({ ...message, offsetDelta })),
        })
        const ours = await writeRecordBatch(given, { ...WRITING, transactional })
        expect(Buffer.compare(ours, theirs.buffer)).toBe(0)
        const [header] = [...batchesOf(ours)]
        expect(header !== undefined && isTransactional(header)).toBe(transactional)
      }),
      { numRuns: 50 },
    )
  })

  it('gives back all that it borrows but the batch', async () => {
    const lent = new Set<unknown>()
    const { borrow, giveBack } = buffers
    jest.spyOn(buffers, 'borrow').mockImplementation((size) => {
      const buffer = borrow(size)
      lent.add(buffer.buffer)
      return buffer
    })
    jest.spyOn(buffers, 'giveBack').mockImplementation((buffer) => {
      lent.delete(buffer.buffer)
      return giveBack.call(buffers, buffer)
    })
    const message = { key: 'k', value: randomBytes(200_000), headers: {} }
    const batch = await writeRecordBatch([message], { ...WRITING, compression: 4 })
    jest.restoreAllMocks()
    expect([...lent]).toEqual([batch.buffer])
  })

  it('does not mix batches that are compressed at the same time', async () => {
    const batches = await Promise.all(
      Array.from({ length: 8 }, (_, fill) =>
        writeRecordBatch([{ key: 'k', value: Buffer.alloc(100_000, fill), headers: {} }], {
          ...WRITING,
          compression: 1,
        }),
      ),
    )
    for (const [fill, batch] of batches.entries()) {
      const [header] = [...batchesOf(batch)]
      const [record] = header === undefined ? [] : await recordsOf(header)
      expect(record?.value?.every((byte) => byte === fill)).toBe(true)
    }
  })
})
