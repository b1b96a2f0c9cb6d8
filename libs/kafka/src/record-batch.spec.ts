import { createRequire } from 'node:module'
import { describe, expect, it } from '@jest/globals'
import { crc32c } from '@node-rs/crc32'
import fc from 'fast-check'
import { registerCodecs } from './codecs.ts'
import type { OutgoingRecord } from './port.ts'
import { batchesOf, isAbortMarker, isControl, isTransactional, recordsOf } from './record-batch.ts'
import { loneBatchBytes, recordBytes } from './record-size.ts'

registerCodecs()
const load = createRequire(import.meta.url)
interface Encoder {
  readonly buffer: Buffer
  writeEncoder(encoder: Encoder): Encoder
}
/** kafkajs' encoder is the oracle: what it writes is what brokers take. */
const { RecordBatch } = load('kafkajs/src/protocol/recordBatch/v0') as {
  RecordBatch(options: object): Promise<Encoder>
}
const kafkajsRecord = load('kafkajs/src/protocol/recordBatch/record/v0') as (options: object) => Encoder

interface Plain {
  readonly key: Buffer
  readonly value: Buffer | null
  readonly headers: Readonly<Record<string, Buffer>>
}

async function encode(records: readonly Plain[], options: object = {}): Promise<Buffer> {
  const batch = await RecordBatch({
    firstTimestamp: 1_700_000_000_000,
    maxTimestamp: 1_700_000_000_000 + records.length,
    lastOffsetDelta: records.length - 1,
    records: records.map((record, i) => kafkajsRecord({ ...record, offsetDelta: i, timestampDelta: i })),
    ...options,
  })
  return batch.buffer
}

async function decode(recordSet: Buffer): Promise<Plain[]> {
  const records: Plain[] = []
  for (const header of batchesOf(recordSet)) {
    for (const { key, value, headers } of await recordsOf(header)) {
      records.push({ key: key ?? Buffer.alloc(0), value, headers: { ...headers } })
    }
  }
  return records
}

const CHECKSUM_AT = 17

/** Puts the right checksum on a batch that was changed on purpose. */
function sealed(batch: Buffer): Buffer {
  batch.writeUInt32BE(crc32c(batch.subarray(CHECKSUM_AT + 4)), CHECKSUM_AT)
  return batch
}

const bytes = fc.uint8Array({ maxLength: 300 }).map((a) => Buffer.from(a))
const plain = fc.record({
  key: bytes,
  value: fc.option(bytes),
  headers: fc.dictionary(fc.string({ minLength: 1, maxLength: 9 }), bytes, { maxKeys: 3 }),
})

describe('reading record batches', () => {
  it.each([0, 1, 2, 3, 4])('gives back what kafkajs wrote (codec %i)', async (compression) => {
    await fc.assert(
      fc.asyncProperty(fc.array(plain, { minLength: 1, maxLength: 8 }), async (records) => {
        const twice = Buffer.concat([await encode(records, { compression }), await encode(records, { compression })])
        expect(await decode(twice)).toEqual([...records, ...records].map((r) => ({ ...r, headers: { ...r.headers } })))
      }),
      { numRuns: 30 },
    )
  })

  it('leaves out a batch that was cut off', async () => {
    const whole = await encode([{ key: Buffer.from('k'), value: Buffer.from('v'), headers: {} }])
    for (let cut = 1; cut < whole.length; cut += 7) {
      const set = Buffer.concat([whole, whole.subarray(0, whole.length - cut)])
      expect([...batchesOf(set)]).toHaveLength(1)
    }
    expect([...batchesOf(Buffer.alloc(0))]).toEqual([])
  })

  it('gives no records of a batch that was damaged: its checksum tells', async () => {
    const whole = await encode([
      { key: Buffer.from('key'), value: Buffer.from('value'), headers: { h: Buffer.from('x') } },
    ])
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: CHECKSUM_AT, max: whole.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, flip) => {
          const damaged = Buffer.from(whole)
          damaged[at] = (damaged[at] ?? 0) ^ flip
          await expect(decode(damaged)).rejects.toThrow('checksum')
        },
      ),
      { numRuns: 300 },
    )
    // What stands before it is not summed: where the batch is, and how long.
    await fc.assert(
      fc.asyncProperty(fc.nat(CHECKSUM_AT - 1), fc.nat(255), async (at, byte) => {
        const damaged = Buffer.from(whole)
        damaged[at] = byte
        expect((await decode(damaged).catch(() => [])).length).toBeLessThanOrEqual(1)
      }),
    )
  })

  it('reads offsets and timestamps, the append time where the topic has it', async () => {
    const records = [1, 2, 3].map((i) => ({ key: Buffer.from(`${i}`), value: null, headers: {} }))
    const set = await encode(records)
    const base = Buffer.from(set)
    base.writeInt32BE(2, 0)
    const [header] = [...batchesOf(base)]
    if (header === undefined) throw new Error('no batch')
    expect(header.firstOffset).toBe(2 ** 33)
    expect((await recordsOf(header)).map((r) => [r.offset - 2 ** 33, r.timestampMs - 1_700_000_000_000])).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ])
    base.writeInt16BE(0x08, 21)
    const [appended] = [...batchesOf(sealed(base))]
    if (appended === undefined) throw new Error('no batch')
    expect((await recordsOf(appended)).every((r) => r.timestampMs === 1_700_000_000_003)).toBe(true)
  })

  it('knows transactions and the marker that ends an aborted one', async () => {
    const marker = async (type: number): Promise<Buffer> => {
      const set = await encode([{ key: Buffer.from([0, 0, 0, type]), value: Buffer.alloc(6), headers: {} }])
      set.writeInt16BE(0x30, 21)
      return sealed(set)
    }
    const [abort] = [...batchesOf(await marker(0))]
    const [commit] = [...batchesOf(await marker(1))]
    if (abort === undefined || commit === undefined) throw new Error('no batch')
    expect([isControl(abort), isTransactional(abort)]).toEqual([true, true])
    expect([await isAbortMarker(abort), await isAbortMarker(commit)]).toEqual([true, false])
  })

  it('refuses formats and codecs that it does not know', async () => {
    const set = await encode([{ key: Buffer.from('k'), value: null, headers: {} }])
    set.writeInt8(1, 16)
    await expect(decode(set)).rejects.toThrow('record format 1')
    set.writeInt8(2, 16)
    set.writeInt16BE(7, 21)
    await expect(decode(sealed(set))).rejects.toThrow('compression type 7')
  })
})

describe('the size of a record', () => {
  it('is what a broker sees of it, to the byte', async () => {
    await fc.assert(
      fc.asyncProperty(plain, async (record) => {
        const outgoing: OutgoingRecord = { topic: 't', ...record }
        const size = (await encode([record])).length
        expect(loneBatchBytes(outgoing)).toBe(size)
        expect(recordBytes(outgoing)).toBeGreaterThanOrEqual(size - 61)
        expect(recordBytes(outgoing)).toBeLessThanOrEqual(size - 61 + 5)
      }),
      { numRuns: 100 },
    )
  })

  it('bounds batches of many', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(plain, { minLength: 1, maxLength: 50 }), async (records) => {
        const bound = records.reduce((sum, record) => sum + recordBytes({ topic: 't', ...record }), 61)
        expect((await encode(records)).length).toBeLessThanOrEqual(bound)
      }),
      { numRuns: 50 },
    )
  })
})
