/** A service with its own Kafka client: signs each batch and writes it to `pegel.ingest-direct.v1`. See README.md. */
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { CompressionTypes, Kafka, logLevel, Partitioners } from 'kafkajs'
import { readSchema } from './avro.ts'
import { batchOf, seriesOf } from './batch.ts'
import { note } from './journal.ts'
import { Rivers } from './river.ts'
import { privateKeyOf, signatureOf } from './signature.ts'

const { values } = parseArgs({
  options: {
    brokers: { type: 'string', default: 'localhost:9092' },
    topic: { type: 'string', default: 'pegel.ingest-direct.v1' },
    tenant: { type: 'string', default: 'direct' },
    schema: { type: 'string', default: `${import.meta.dirname}/../../../libs/contracts/schemas/metric-batch.v1.avsc` },
    stations: { type: 'string', default: '20' },
    interval: { type: 'string', default: '2000' },
    step: { type: 'string', default: '250' },
    journal: { type: 'string' },
  },
})
const privateKey = privateKeyOf(process.env.DIRECT_PRIVATE_KEY ?? '')
const schema = readSchema(values.schema)
const rivers = new Rivers(Number(values.stations))
const key = Buffer.from(values.tenant)

const kafka = new Kafka({ clientId: 'direct-producer', brokers: values.brokers.split(','), logLevel: logLevel.WARN })
// Not idempotent: a batch that is sent twice changes nothing at the other end, and kafkajs' idempotent producer can lose
// the record after a lost response. The same bytes are sent until Kafka has them.
const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, retry: { retries: 20 } })
const closing = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => closing.abort())

await producer.connect()
process.stdout.write(`${JSON.stringify({ message: 'listening', metadata: { topic: values.topic } })}\n`)
const startMs = Date.now()
for (let fromMs = startMs; !closing.signal.aborted;) {
  await sleep(Number(values.interval), undefined, { signal: closing.signal }).catch(() => undefined)
  const toMs = Date.now()
  await send(fromMs, toMs)
  fromMs = toMs
}
await producer.disconnect()

/** One batch of everything measured in this time. */
async function send(fromMs: number, toMs: number): Promise<void> {
  const series = seriesOf(rivers.read(fromMs, toMs, Number(values.step))).filter(({ points }) => points.length > 0)
  const value = schema.encode(batchOf(values.tenant, series, BigInt(startMs) * 1_000_000n))
  const headers = { 'pegel-signature': signatureOf(privateKey, key, value) }
  const request = {
    topic: values.topic,
    acks: -1,
    compression: CompressionTypes.GZIP,
    messages: [{ key, value, headers }],
  }
  const noteAnswer = values.journal === undefined ? undefined : note(values.journal, series)
  const error = await producer.send(request).then(
    () => undefined,
    (cause: unknown) => (cause instanceof Error ? cause : new Error(String(cause))),
  )
  if (error !== undefined) process.stderr.write(`batch not acknowledged: ${error.message}\n`)
  noteAnswer?.(error)
}
