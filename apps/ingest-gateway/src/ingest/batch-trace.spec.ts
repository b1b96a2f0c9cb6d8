import { describe, expect, it } from '@jest/globals'
import type { OutgoingRecord } from '@pegel/kafka'
import { formatTraceparent, NO_TRACING } from '@pegel/telemetry'
import { fakeTracing } from '@pegel/testing'
import { sendTraced } from './batch-trace.ts'

const record = { topic: 'pegel.ingest.v1', key: 'acme', value: Buffer.from('x') }

function producer(fails?: Error) {
  const sent: OutgoingRecord[] = []
  const send = (given: OutgoingRecord): Promise<void> => {
    sent.push(given)
    return fails === undefined ? Promise.resolve() : Promise.reject(fails)
  }
  return { sent, send }
}

describe('sendTraced', () => {
  it('sends the very record while tracing is off', async () => {
    const { sent, send } = producer()
    await sendTraced(NO_TRACING, { record, requests: [] }, send)
    expect(sent[0]).toBe(record)
  })

  it('sends a batch of one request below it, without links', async () => {
    const tracing = fakeTracing()
    const { sent, send } = producer()
    const request = tracing.span('request')
    await sendTraced(tracing, { record, requests: [request] }, send)
    expect(tracing.started[1]).toMatchObject({
      name: 'send pegel.ingest.v1',
      kind: 'producer',
      parent: request.context,
      links: [],
      ended: true,
      attributes: { 'messaging.system': 'kafka', 'messaging.kafka.message.key': 'acme' },
    })
    expect(request.links).toEqual([])
    expect(sent[0]?.headers).toEqual({ traceparent: formatTraceparent(tracing.started[1]?.context ?? request.context) })
  })

  it('sends a batch of several below the first that is recorded, with links both ways', async () => {
    const tracing = fakeTracing()
    const requests = [tracing.span('a', false), tracing.span('b'), tracing.span('c')]
    await sendTraced(tracing, { record, requests }, producer().send)
    const batch = tracing.started[3]
    expect(batch?.parent).toEqual(requests[1]?.context)
    expect(batch?.links).toEqual(requests.map(({ context }) => context))
    for (const { links } of requests) expect(links).toEqual([batch?.context])
  })

  it('begins a trace of its own when no request has one', async () => {
    const tracing = fakeTracing()
    const { sent, send } = producer()
    await sendTraced(tracing, { record, requests: [] }, send)
    expect(tracing.started).toMatchObject([{ parent: undefined, ended: true }])
    expect(sent[0]?.headers?.traceparent).toBeDefined()
  })

  it('fails with what the producer fails with', async () => {
    const tracing = fakeTracing()
    const lost = new Error('no broker')
    await expect(sendTraced(tracing, { record, requests: [] }, producer(lost).send)).rejects.toBe(lost)
    expect(tracing.started).toMatchObject([{ failure: 'no broker', ended: true }])
  })
})
