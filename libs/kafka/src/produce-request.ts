import Encoder from 'kafkajs/src/protocol/encoder.js'
import type { ProduceRequest } from './kafkajs-internals.ts'
import { writeRecordBatch } from './record-batch-writer.ts'

/** Versions with this layout: all that know record batches and are older than the flexible ones. */
const [FIRST_VERSION, LAST_VERSION] = [3, 8]
/** Of a topic's or partition's entry besides its name and its batch, and of the head. */
const ENTRY_BYTES = 32

/** The body of a produce request. kafkajs' own copies every record three times, into memory that it first fills with zeros. */
export async function encodeProduceRequest(request: ProduceRequest, version: number): Promise<Encoder> {
  if (version < FIRST_VERSION || version > LAST_VERSION) throw new TypeError(`produce request version ${version}`)
  const { transactionalId = null, acks, timeout, topicData } = request
  const topics = await Promise.all(topicData.map((topic) => encodeTopic(topic, request)))
  const size = topics.reduce((sum, topic) => sum + topic.length, ENTRY_BYTES + (transactionalId?.length ?? 0) * 3)
  const out = new Encoder(size).writeString(transactionalId).writeInt16(acks).writeInt32(timeout)
  out.writeInt32(topics.length)
  for (const topic of topics) out.writeBuffer(topic)
  return out
}

async function encodeTopic(
  { topic, partitions }: ProduceRequest['topicData'][number],
  { compression, producerId, producerEpoch, transactionalId }: ProduceRequest,
): Promise<Buffer> {
  const timestampMs = Date.now()
  const batches: Buffer[] = []
  for (const { firstSequence, messages } of partitions) {
    const transactional = transactionalId !== undefined
    batches.push(
      await writeRecordBatch(messages, {
        ...{ compression, producerId, producerEpoch, firstSequence, transactional, timestampMs },
      }),
    )
  }
  const size = batches.reduce((sum, batch) => sum + batch.length + ENTRY_BYTES, topic.length * 3 + ENTRY_BYTES)
  const out = new Encoder(size).writeString(topic).writeInt32(partitions.length)
  for (const [index, { partition }] of partitions.entries()) {
    const batch = batches[index] ?? Buffer.alloc(0)
    out.writeInt32(partition).writeInt32(batch.length).writeBuffer(batch)
  }
  return out.buffer
}
