import { buffers } from '@pegel/buffers'
import { FrameWriter, stringBytes } from './frame-writer.ts'
import type { ProduceRequest } from './kafkajs-internals.ts'
import { writeRecordBatch } from './record-batch-writer.ts'

export interface RequestHead {
  readonly version: number
  readonly correlationId: number
  readonly clientId: string
}

const API_KEY = 0
/** Versions with this layout: all that know record batches and are older than the flexible ones. */
const [FIRST_VERSION, LAST_VERSION] = [3, 8]
/** Sizes of what has a fixed one: the whole request's, a topic's, and a partition's. */
const [REQUEST_BYTES, TOPIC_BYTES, PARTITION_BYTES] = [22, 4, 8]

/**
 * A produce request as it goes over the wire, in a buffer that is borrowed. kafkajs' own encoding copies every record six times, into
 * memory that it first fills with zeros.
 */
export async function encodeProduce(request: ProduceRequest, head: RequestHead): Promise<Buffer> {
  const { version, correlationId, clientId } = head
  if (version < FIRST_VERSION || version > LAST_VERSION) throw new TypeError(`produce request version ${version}`)
  const { transactionalId = null, acks, timeout, topicData } = request
  const batches = await writeBatches(request)
  const size =
    batches.reduce((sum, batch) => sum + PARTITION_BYTES + batch.length, REQUEST_BYTES) +
    topicData.reduce((sum, { topic }) => sum + TOPIC_BYTES + stringBytes(topic), 0) +
    stringBytes(clientId) +
    stringBytes(transactionalId)
  const out = new FrameWriter(buffers.borrow(size))
  out
    .int32(size - 4)
    .int16(API_KEY)
    .int16(version)
    .int32(correlationId)
    .string(clientId)
  out.string(transactionalId).int16(acks).int32(timeout).int32(topicData.length)
  const next = batches.values()
  for (const { topic, partitions } of topicData) {
    out.string(topic).int32(partitions.length)
    for (const { partition } of partitions) out.int32(partition).records(next.next().value ?? Buffer.alloc(0))
  }
  for (const batch of batches) buffers.giveBack(batch)
  return out.bytes
}

/** One a partition, in the order of the request. */
async function writeBatches(request: ProduceRequest): Promise<readonly Buffer[]> {
  const { compression, producerId, producerEpoch, transactionalId, topicData } = request
  const transactional = transactionalId !== undefined
  const common = { compression, producerId, producerEpoch, transactional, timestampMs: Date.now() }
  const batches: Buffer[] = []
  for (const { partitions } of topicData)
    for (const { firstSequence, messages } of partitions)
      batches.push(await writeRecordBatch(messages, { ...common, firstSequence }))
  return batches
}
