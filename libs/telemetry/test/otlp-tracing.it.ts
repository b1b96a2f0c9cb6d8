import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { eventually, startTraceReceiver } from '@pegel/testing'
import type { TraceReceiver } from '@pegel/testing'
import { createLogger, createMetrics, currentTrace, detached, NO_TRACING, openTracing } from '../src/index.ts'
import type { TraceContext, Tracing } from '../src/index.ts'

const CLIENT: TraceContext = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: true, state: 'vendor=1' }

let receiver: TraceReceiver
let lines: Record<string, unknown>[]
const open: Tracing[] = []
const metrics = () => createMetrics({ service: 'test', defaults: false })
const log = createLogger({
  service: 'test',
  destination: { write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) },
})

async function start(settings: Partial<Parameters<typeof openTracing>[0]> = {}): Promise<Tracing> {
  const about = { service: 'test', instance: 'test-1', sampleRatio: 1, maxSpans: 100, log, metrics: metrics() }
  const tracing = await openTracing({ url: receiver.url, ...about, ...settings })
  open.push(tracing)
  return tracing
}

beforeEach(async () => {
  lines = []
  receiver = await startTraceReceiver()
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((tracing) => tracing.close()))
  await receiver.close()
})

describe('tracing', () => {
  it('is off, and makes nothing, without an address', async () => {
    const tracing = await start({ url: undefined })
    expect(tracing).toBe(NO_TRACING)
    const span = tracing.start('x', { kind: 'server', parent: CLIENT })
    span.set({ a: 1 })
    span.link(CLIENT)
    span.fail('x')
    span.end()
    expect([span.context, span.recording, tracing.current()]).toEqual([undefined, false, undefined])
    expect(tracing.within(span, () => currentTrace())).toBeUndefined()
    expect(receiver.requests).toBe(0)
  })

  it('exports spans with parents, links, attributes and status, and the process they are of', async () => {
    const tracing = await start()
    const request = tracing.start('POST /v1/metrics', { kind: 'server', parent: CLIENT, attributes: { a: 'x' } })
    const other = tracing.start('other', { kind: 'server' })
    const send = tracing.start('send t', {
      kind: 'producer',
      parent: request.context,
      links: [request.context, other.context].flatMap((context) => context ?? []),
    })
    send.fail(new Error('no broker'))
    send.end()
    request.set({ 'http.response.status_code': 503, ok: false })
    if (other.context !== undefined) request.link(other.context)
    request.end()
    other.end()
    const spans = await receiver.trace(CLIENT.traceId, (found) => found.length === 2)
    const [server, producer] = ['POST /v1/metrics', 'send t'].map((name) => spans.find((span) => span.name === name))
    expect(server).toMatchObject({
      kind: 'SPAN_KIND_SERVER',
      parentSpanId: CLIENT.spanId,
      attributes: { a: 'x', 'http.response.status_code': 503, ok: false },
      resource: { 'service.name': 'test', 'service.namespace': 'pegel', 'service.instance.id': 'test-1' },
      links: [{ spanId: other.context?.spanId }],
      failure: undefined,
    })
    expect(producer).toMatchObject({ kind: 'SPAN_KIND_PRODUCER', parentSpanId: server?.spanId, failure: 'no broker' })
    expect(producer?.links.map(({ spanId }) => spanId)).toEqual([request.context?.spanId, other.context?.spanId])
    expect(request.context).toMatchObject({ traceId: CLIENT.traceId, sampled: true, state: 'vendor=1' })
    expect(other.context?.traceId).not.toBe(CLIENT.traceId)
  })

  it('leaves the decision to whoever began the trace, and decides for its own', async () => {
    const [never, always] = [await start({ sampleRatio: 0 }), await start({ sampleRatio: 1 })]
    const spans = {
      own: never.start('own', { kind: 'server' }),
      theirs: never.start('theirs', { kind: 'server', parent: CLIENT }),
      unwanted: always.start('unwanted', { kind: 'server', parent: { ...CLIENT, sampled: false } }),
      wanted: always.start('wanted', { kind: 'server' }),
    }
    const told = Object.entries(spans).map(([name, span]) => [name, span.recording, span.context?.sampled])
    expect(told).toEqual([
      ['own', false, false],
      ['theirs', true, true],
      ['unwanted', false, false],
      ['wanted', true, true],
    ])
    for (const span of Object.values(spans)) span.end()
    await eventually(() => expect(receiver.spans.map(({ name }) => name).sort()).toEqual(['theirs', 'wanted']))
  })

  it('puts the ids of the current span into log lines, however late, and into no others', async () => {
    const tracing = await start()
    const span = tracing.start('x', { kind: 'server' })
    await tracing.within(span, async () => {
      log.info('at once')
      await new Promise(setImmediate)
      log.child({ tenant_id: 'acme' }).warn('later', { n: 1 })
      log.info('of another', { trace_id: 'given', span_id: 'given' })
      detached(() => log.info('of none'))
      expect(currentTrace()).toEqual(span.context)
      expect(tracing.current()?.context).toEqual(span.context)
    })
    log.info('outside')
    const ids = lines.map(({ message, trace_id, span_id }) => [message, trace_id, span_id])
    const { traceId, spanId } = span.context ?? CLIENT
    expect(ids).toEqual([
      ['at once', traceId, spanId],
      ['later', traceId, spanId],
      ['of another', 'given', 'given'],
      ['of none', undefined, undefined],
      ['outside', undefined, undefined],
    ])
    span.end()
  })

  it('loses spans and nothing else while nobody takes them: bounded, counted, said once', async () => {
    receiver.answer(400)
    const counted = metrics()
    const tracing = await start({ maxSpans: 10, metrics: counted })
    const emit = (count: number) => {
      for (let n = 0; n < count; n += 1) tracing.start(`span ${n}`, { kind: 'internal' }).end()
    }
    const count = async (fate: string): Promise<number> =>
      Number(new RegExp(`result="${fate}"[^}]*} (\\d+)`).exec(await counted.expose())?.[1] ?? 0)
    emit(25)
    await eventually(async () => expect([await count('failed'), await count('dropped')]).toEqual([10, 15]))
    emit(3)
    await eventually(async () => expect(await count('failed')).toBe(13))
    receiver.answer(200)
    emit(4)
    await eventually(async () => expect(await count('exported')).toBe(4))
    expect(receiver.spans).toHaveLength(4)
    const said = lines.map(({ level, message }) => `${String(level)} ${String(message)}`)
    expect(said).toEqual(['WARN traces cannot be exported', 'INFO traces are exported again'])
  })

  it('ends in time though its receiver hangs', async () => {
    receiver.answer('hang')
    const tracing = await start()
    tracing.start('x', { kind: 'internal' }).end()
    const before = performance.now()
    await tracing.close()
    expect(performance.now() - before).toBeLessThan(4000)
  })
})
