import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@pegel/testing'
import { newTenant, startPipeline } from './pipeline.ts'
import type { Pipeline, TestTenant } from './pipeline.ts'

const execute = promisify(execFile)
const sdk = newTenant('logs_sdk')
const lines = newTenant('logs_lines')
let pipeline: Pipeline

interface Found {
  readonly _source: Readonly<Record<string, unknown>>
}

/** What Elasticsearch finds in the data stream of a tenant. */
async function search(tenant: string, query: object): Promise<readonly Found['_source'][]> {
  const index = `${pipeline.env.PEGEL_ELASTICSEARCH_URL ?? ''}/logs-pegel-${tenant}`
  await fetch(`${index}/_refresh`, { method: 'POST' })
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${index}/_search`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query, size: 100 }),
  })
  const { hits } = (await response.json()) as { readonly hits?: { readonly hits: readonly Found[] } }
  return hits?.hits.map(({ _source }) => _source) ?? []
}

function post(path: string, { key }: Pick<TestTenant, 'key'>, body: string, headers = {}): Promise<Response> {
  const all = { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers }
  return fetch(`${pipeline.gateway}${path}`, { method: 'POST', headers: all, body })
}

describe('logs', () => {
  beforeAll(async () => {
    pipeline = await startPipeline([sdk, lines])
  }, 120_000)
  afterAll(() => pipeline.stop())

  it('of the OpenTelemetry SDK for JavaScript, as it comes, are found in Elasticsearch', async () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: pipeline.gateway,
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${sdk.key}`,
    }
    await execute(process.execPath, [join('examples', 'clients', 'otel-logs.mjs')], { env: { ...process.env, ...env } })
    await eventually(
      async () => {
        const [refused, ...others] = await search(sdk.tenant, { term: { 'log.level': 'error' } })
        expect(others).toEqual([])
        expect(refused).toMatchObject({
          message: '{"reason":"card refused","card":{"brand":"visa"}}',
          tenant: sdk.tenant,
          service: { name: 'node-shop' },
          scope: { name: 'cart', version: '1.0.0' },
          event: { action: 'payment.refused', severity: 17 },
          resource: { attributes: { 'host.name': 'web-1' } },
        })
      },
      { deadlineMs: 30_000 },
    )
    expect(await search(sdk.tenant, { match: { message: 'order' } })).toMatchObject([
      { message: 'order taken', labels: { order: '7', items: '["a","b"]' } },
    ])
  })

  it('as lines are found by level, service, trace and text, in their own tenant’s stream alone', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c'
    const line = {
      level: 'warn',
      service: 'shop',
      message: 'the stock runs low',
      trace_id: traceId,
      metadata: { item: 7 },
    }
    expect((await post('/api/v1/logs', lines, JSON.stringify([line, { message: 'another' }]))).status).toBe(200)
    const queries = [
      { term: { 'log.level': 'warn' } },
      { term: { 'service.name': 'shop' } },
      { term: { 'trace.id': traceId } },
      { match: { message: 'stock' } },
      { term: { 'labels.item': '7' } },
    ]
    await eventually(
      async () => {
        for (const query of queries)
          expect(await search(lines.tenant, query)).toMatchObject([{ message: line.message, tenant: lines.tenant }])
      },
      { deadlineMs: 30_000 },
    )
    expect(await search(sdk.tenant, { match: { message: 'stock' } })).toEqual([])
  })

  it('tell of refused credentials, in the stream of pegel', async () => {
    const forbidden = await post('/v1/metrics', sdk, '{}', { 'x-scope-orgid': lines.tenant })
    expect(forbidden.status).toBe(403)
    await eventually(
      async () => {
        expect(await search('pegel', { term: { 'labels.tenant': lines.tenant } })).toMatchObject([
          {
            tenant: 'pegel',
            event: { category: 'authentication', outcome: 'failure', action: 'credential_refused' },
            source: { ip: '127.0.0.1' },
            labels: { door: 'otlp_http', code: 'gateway.tenant_forbidden', count: '1' },
          },
        ])
      },
      { deadlineMs: 30_000 },
    )
    for (const { tenant } of [sdk, lines])
      expect(await search(tenant, { term: { 'event.category': 'authentication' } })).toEqual([])
  })

  it('leave the books of the metrics balanced', async () => {
    const { code, stderr } = await pipeline.pegel('ledger')
    expect([code, stderr]).toEqual([0, expect.any(String)])
  })
})
