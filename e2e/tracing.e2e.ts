import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually, startTraceReceiver } from '@pegel/testing'
import type { ReceivedSpan, TraceReceiver } from '@pegel/testing'
import { gauge, newTenant, startPipeline, type Pipeline } from './pipeline.ts'

const acme = newTenant('traced')
const SINKS = ['prometheus', 'elasticsearch', 'influxdb']
let receiver: TraceReceiver
let pipeline: Pipeline

interface Client {
  readonly traceId: string
  readonly spanId: string
}

const newClient = (): Client => ({ traceId: randomBytes(16).toString('hex'), spanId: randomBytes(8).toString('hex') })

function send(name: string, { traceId, spanId }: Client) {
  const headers = { authorization: `Bearer ${acme.key}`, traceparent: `00-${traceId}-${spanId}-01` }
  return pipeline.send(gauge(name, 1, Date.now()), headers)
}

/** `service: name` of a span and of all above it, the outermost first; fails when one is missing. */
function pathOf(span: ReceivedSpan, spans: readonly ReceivedSpan[], client: Client): readonly string[] {
  const own = `${span.service}: ${span.name}`
  if (span.parentSpanId === client.spanId) return [own]
  const parent = spans.find(({ spanId }) => spanId === span.parentSpanId)
  if (parent === undefined) throw new Error(`${own} is below ${span.parentSpanId}, which is not there`)
  return [...pathOf(parent, spans, client), own]
}

const writes = (spans: readonly ReceivedSpan[]) => spans.filter(({ name }) => name.startsWith('write '))
const complete = (spans: readonly ReceivedSpan[]): boolean =>
  writes(spans).length === SINKS.length && spans.filter(({ name }) => name === 'process pegel.metrics.v1').length === 3

describe('a trace', () => {
  beforeAll(async () => {
    receiver = await startTraceReceiver()
    pipeline = await startPipeline([acme], {
      PEGEL_TRACES_ENDPOINT: new URL(receiver.url).origin,
      PEGEL_LINGER_MS: '400',
      MONITORING_LOG_LEVEL: 'debug',
    })
  }, 120_000)

  afterAll(async () => {
    await pipeline.stop()
    await receiver.close()
  })

  it("leads from the client's request through Kafka to the write to each backend", async () => {
    const client = newClient()
    expect((await send('traced', client)).status).toBe(200)
    const spans = await receiver.trace(client.traceId, complete)
    const paths = writes(spans).map((span) => pathOf(span, spans, client))
    const shared = [
      'ingest-gateway: POST /v1/metrics',
      'ingest-gateway: send pegel.ingest.v1',
      'enricher: process pegel.ingest.v1',
      'enricher: send pegel.metrics.v1',
    ]
    expect(paths.sort()).toEqual(
      SINKS.map((sink) => [...shared, `sink-${sink}: process pegel.metrics.v1`, `sink-${sink}: write ${sink}`]).sort(),
    )
    expect(spans.flatMap(({ failure }) => failure ?? [])).toEqual([])
    const request = spans.find(({ name }) => name === 'POST /v1/metrics')
    expect(request?.attributes).toMatchObject({ 'http.response.status_code': 200, 'pegel.answer': 'ok' })
    for (const { attributes } of spans.filter(({ name }) => name === 'process pegel.metrics.v1')) {
      expect(attributes).toMatchObject({ 'pegel.tenant': acme.tenant, 'pegel.outcome.delivered': 1 })
    }
  })

  it('is named by the log lines that were written on its way', async () => {
    const client = newClient()
    expect((await send('logged', client)).status).toBe(200)
    await eventually(() => {
      const lines = pipeline.log().filter((line) => line.includes(client.traceId))
      const [answered] = lines.map((line) => JSON.parse(line) as unknown)
      expect(answered).toMatchObject({
        service: 'ingest-gateway',
        message: 'request answered',
        trace_id: client.traceId,
        metadata: { door: 'otlp_http', status: 200, code: 'ok' },
      })
    })
  })

  it('of each request that shares a batch leads to the batch, and the batch to all of them', async () => {
    const clients = [newClient(), newClient(), newClient()]
    const answers = await Promise.all(clients.map((client, index) => send(`merged_${index}`, client)))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    const requests = await Promise.all(
      clients.map(async ({ traceId }) => {
        const spans = await receiver.trace(traceId, (found) => found.some(({ name }) => name.startsWith('POST ')))
        return spans.find(({ name }) => name.startsWith('POST '))
      }),
    )
    const batchIds = new Set(requests.flatMap((request) => request?.links.map(({ spanId }) => spanId) ?? []))
    expect(batchIds.size).toBe(1)
    const [batchId] = batchIds
    const batch = receiver.spans.find(({ spanId }) => spanId === batchId)
    expect(batch).toMatchObject({ service: 'ingest-gateway', name: 'send pegel.ingest.v1' })
    expect(batch?.links.map(({ spanId }) => spanId).sort()).toEqual(requests.map((each) => each?.spanId).sort())
    const lead = clients.find(({ traceId }) => traceId === batch?.traceId)
    expect(lead).toBeDefined()
    if (lead !== undefined) await receiver.trace(lead.traceId, complete)
  })
})
