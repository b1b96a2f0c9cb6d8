import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { tenantConfig } from '@pegel/testing'
import { createSink } from './elasticsearch.ts'

const { signal } = new AbortController()
let server: Server | undefined

afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

interface Seen {
  readonly call: string
  readonly body: string
}

/**
 * The answers of a whole Elasticsearch to the calls that make streams, as its reference documents them: the server that tests run, from its
 * jars, has neither the module behind them nor its settings. Requests that the reference does not know are refused.
 */
async function wholeElasticsearch(streamAnswer: {
  status: number
  body: object
}): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = []
  server = createServer((request, response) => {
    const [path = ''] = (request.url ?? '').split('?')
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const call = `${request.method ?? ''} ${path}`
      seen.push({ call, body })
      const known = [
        {
          match: /^GET \/_nodes\/plugins$/,
          status: 200,
          body: { nodes: { a: { modules: [{ name: 'data-streams' }] } } },
        },
        { match: /^PUT \/_index_template\/[\w-]+$/, status: 200, body: { acknowledged: true } },
        { match: /^PUT \/_data_stream\/[\w.-]+$/, ...streamAnswer },
        { match: /^PUT \/[\w.-]+\/_settings$/, status: 200, body: { acknowledged: true } },
      ].find(({ match }) => match.test(call))
      response.writeHead(known?.status ?? 400, {
        'content-type': 'application/vnd.elasticsearch+json;compatible-with=8',
        'x-elastic-product': 'Elasticsearch',
      })
      response.end(JSON.stringify(known?.body ?? { error: { reason: `${call} is not known` } }))
    })
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

describe('where Elasticsearch manages the time bounds', () => {
  const config = tenantConfig('acme', { placement: 'dedicated' })
  const exists = { error: { type: 'resource_already_exists_exception', reason: 'data_stream exists' } }

  it.each([
    ['a new stream', { status: 200, body: { acknowledged: true } }],
    ['a stream that is there', { status: 400, body: exists }],
  ])('prepares %s ahead of the data', async (_title, answer) => {
    const { url, seen } = await wholeElasticsearch(answer)
    const sink = createSink({ PEGEL_ELASTICSEARCH_URL: url })
    await sink.prepare?.(config, signal)
    await sink.close()
    expect(seen.map(({ call }) => call)).toEqual([
      'GET /_nodes/plugins',
      'PUT /_index_template/pegel-metrics',
      'PUT /_index_template/pegel-metrics-late',
      'PUT /_data_stream/metrics-pegel.tenant-acme',
      'PUT /metrics-pegel.tenant-acme/_settings',
    ])
    expect(JSON.parse(seen[1]?.body ?? '')).toMatchObject({
      data_stream: {},
      template: {
        lifecycle: { data_retention: '30d' },
        settings: { index: { look_back_time: '7d', look_ahead_time: '2h' } },
      },
    })
  })

  it('says which stream could not be made', async () => {
    const { url } = await wholeElasticsearch({
      status: 400,
      body: { error: { type: 'illegal_argument_exception', reason: 'no' } },
    })
    const sink = createSink({ PEGEL_ELASTICSEARCH_URL: url })
    await expect(sink.prepare?.(config, signal)).rejects.toThrow(/metrics-pegel\.tenant-acme could not be made/)
    await sink.close()
  })
})
