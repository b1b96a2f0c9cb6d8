import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import kafkajs from 'kafkajs'
import { partitionOf } from './murmur2.ts'

const kafkajsPartition = kafkajs.Partitioners.DefaultPartitioner()
const oracle = (key: Buffer, partitions: number): number =>
  kafkajsPartition({
    topic: 't',
    partitionMetadata: Array.from({ length: partitions }, (_, partitionId) => ({
      partitionId,
      partitionErrorCode: 0,
      leader: 0,
      replicas: [],
      isr: [],
    })),
    message: { key, value: null },
  })

describe('partitionOf', () => {
  it('chooses what other Kafka clients choose', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 1, max: 64 }), (bytes, partitions) => {
        const key = Buffer.from(bytes)
        expect(partitionOf(key, partitions)).toBe(oracle(key, partitions))
      }),
      { numRuns: 500 },
    )
  })

  it('takes a string as its UTF-8 bytes', () => {
    expect(partitionOf('münchen', 12)).toBe(partitionOf(Buffer.from('münchen'), 12))
  })

  it('gives what the Java client gives for known keys', () => {
    // toPositive(murmur2) of Kafka's own test vectors (UtilsTest.testMurmur2), modulo 1000.
    const vectors: [string, number][] = [
      ['21', -973932308],
      ['foobar', -790332482],
      ['a-little-bit-long-string', -985981536],
      ['a-little-bit-longer-string', -1486304829],
      ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
      ['abc', 479470107],
    ]
    for (const [key, hash] of vectors) expect(partitionOf(key, 1000)).toBe((hash & 0x7fffffff) % 1000)
  })
})
