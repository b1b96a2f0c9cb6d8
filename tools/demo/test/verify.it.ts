import { randomBytes } from 'node:crypto'
import { afterAll, describe, expect, it } from '@jest/globals'
import protobuf from 'protobufjs'
import { compressSync } from 'snappy'
import type { SentPoint } from '../journal/read-journal.ts'
import type { DemoTenant } from '../run/tenants.ts'
import type { DifferenceKind } from '../verify/compare.ts'
import { verifyBackends } from '../verify/verify.ts'

/** The verification on real backends, with data that this test writes itself: right, and wrong in each way. */

function address(name: string): string {
  const value = process.env[name]
  if (value === undefined || value === '') throw new Error(`${name} is not set; npm test sets it.`)
  return value
}

const { root } = protobuf.parse(`
  syntax = "proto3";
  message Label { string name = 1; string value = 2; }
  message Sample { double value = 1; int64 timestamp = 2; }
  message TimeSeries { repeated Label labels = 1; repeated Sample samples = 2; }
  message WriteRequest { repeated TimeSeries timeseries = 1; }`)
const WriteRequest = root.lookupType('WriteRequest')

async function post(url: string, body: string | Buffer, headers: Record<string, string>): Promise<void> {
  const answer = await fetch(url, { method: 'POST', body, headers })
  if (!answer.ok) throw new Error(`${url}: ${await answer.text()}`)
}

async function writePrometheus(tenant: string, timeMs: number, value: number): Promise<void> {
  const labels = { __name__: 'level_meters', instance: 'i', job: 'j', otel_scope_name: 's', tenant, who: 'x' }
  const series = {
    labels: Object.entries(labels).map(([name, text]) => ({ name, value: text })),
    samples: [{ value, timestamp: timeMs }],
  }
  const body = compressSync(Buffer.from(WriteRequest.encode({ timeseries: [series] }).finish()))
  await post(`${address('PEGEL_PROMETHEUS_URL')}/api/v1/write`, body, {
    'content-encoding': 'snappy',
    'content-type': 'application/x-protobuf',
  })
}

async function writeElasticsearch(tenant: string, timeMs: number, value: number): Promise<void> {
  const document = {
    '@timestamp': new Date(timeMs).toISOString(),
    tenant,
    kind: 'gauge',
    unit: 'm',
    'scope.name': 's',
    'resource.attributes.service.name': 'j',
    'resource.attributes.service.instance.id': 'i',
    'attributes.who': 'x',
    'metrics.level': value,
  }
  const url = `${address('PEGEL_ELASTICSEARCH_URL')}/metrics-pegel.late-${tenant}/_doc`
  await post(url, JSON.stringify(document), { 'content-type': 'application/json' })
}

const influx = (): Record<string, string> => ({ authorization: `Token ${address('PEGEL_INFLUXDB_TOKEN')}` })

const bucketIds: string[] = []

async function makeBucket(name: string): Promise<void> {
  const url = address('PEGEL_INFLUXDB_URL')
  const found = await fetch(`${url}/api/v2/orgs?org=${address('PEGEL_INFLUXDB_ORG')}`, { headers: influx() })
  const { orgs } = (await found.json()) as { orgs: { id: string }[] }
  const body = JSON.stringify({ orgID: orgs[0]?.id, name })
  const made = await fetch(`${url}/api/v2/buckets`, { method: 'POST', body, headers: influx() })
  bucketIds.push(((await made.json()) as { id: string }).id)
}

async function writeInfluxdb(tenant: string, timeMs: number, value: number, bucket = `pegel_${tenant}`): Promise<void> {
  const tags = `otel.metric.unit=m,otel.scope.name=s,service.instance.id=i,service.name=j,tenant=${tenant},who=x`
  const query = `org=${address('PEGEL_INFLUXDB_ORG')}&bucket=${bucket}&precision=ms`
  await post(
    `${address('PEGEL_INFLUXDB_URL')}/api/v2/write?${query}`,
    `level,${tags} gauge=${value} ${timeMs}`,
    influx(),
  )
}

/** A small InfluxDB bears some twenty buckets. */
afterAll(async () => {
  const url = `${address('PEGEL_INFLUXDB_URL')}/api/v2/buckets`
  await Promise.all(bucketIds.map((id) => fetch(`${url}/${id}`, { method: 'DELETE', headers: influx() })))
  const index = `${address('PEGEL_ELASTICSEARCH_URL')}/metrics-pegel.late-`
  await Promise.all(tenantsMade.map((tenant) => fetch(index + tenant, { method: 'DELETE' })))
})

const tenantsMade: string[] = []
const startMs = Date.now() - 60_000
const backends = { Prometheus: writePrometheus, Elasticsearch: writeElasticsearch, InfluxDB: writeInfluxdb }

function sent(tenant: string, index: number): SentPoint {
  return {
    tenant,
    resource: { 'service.name': 'j', 'service.instance.id': 'i' },
    metric: {
      scope: { name: 's', version: '' },
      name: 'level',
      unit: 'm',
      kind: 'gauge',
      temporality: 'unspecified',
      monotonic: false,
    },
    attributes: { who: 'x' },
    timeNs: `${startMs + index}000000`,
    value: index + 0.5,
    acknowledged: true,
  }
}

/** What the verification finds per backend after everything but `skip` was written. */
async function verifyAfter(
  change: (tenants: readonly [string, string]) => Promise<void>,
  skip?: number,
): Promise<Record<string, DifferenceKind[]>> {
  const id = randomBytes(6).toString('hex')
  const names = [`a_${id}`, `b_${id}`] as const
  const tenants: DemoTenant[] = names.map((tenant) => ({ tenant, staticLabels: {}, placement: 'dedicated', rules: [] }))
  tenantsMade.push(...names)
  await Promise.all(names.map((tenant) => makeBucket(`pegel_${tenant}`)))
  for (const tenant of names) {
    for (const index of [0, 1, 2]) {
      if (tenant === names[0] && index === skip) continue
      await Promise.all(Object.values(backends).map((write) => write(tenant, startMs + index, index + 0.5)))
    }
  }
  await change(names)
  const points = names.flatMap((tenant) => [0, 1, 2].map((index) => sent(tenant, index)))
  // A development stack may have the stand-in beside InfluxDB.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => name !== 'PEGEL_VICTORIAMETRICS_URL'))
  const results = await verifyBackends(points, {
    env: env as Record<string, string>,
    tenants,
    sinceMs: startMs - 1000,
  })
  return Object.fromEntries(
    results.map(({ backend, comparison }) => [
      backend,
      comparison.different.flatMap(({ differences }) => differences.map(({ kind }) => kind)),
    ]),
  )
}

const everywhere = (kinds: DifferenceKind[]): Record<string, DifferenceKind[]> =>
  Object.fromEntries(Object.keys(backends).map((backend) => [backend, kinds]))

describe('the verification of the demo on real backends', () => {
  it('is content with two tenants that sent the same', async () => {
    expect(await verifyAfter(() => Promise.resolve())).toEqual(everywhere([]))
  })

  it('sees a missing point', async () => {
    expect(await verifyAfter(() => Promise.resolve(), 1)).toEqual(everywhere(['missing']))
  })

  it('sees a point that nobody sent, in a series of its own time', async () => {
    const stray = (tenant: string): Promise<unknown> =>
      Promise.all(Object.values(backends).map((write) => write(tenant, startMs + 7, 7)))
    expect(
      await verifyAfter(async ([a]) => {
        await stray(a)
      }),
    ).toEqual(everywhere(['unexpected']))
  })

  it('sees a doubled document, the only double that these backends can hold', async () => {
    const kinds = await verifyAfter(([a]) => writeElasticsearch(a, startMs, 0.5))
    expect(kinds).toEqual({ ...everywhere([]), Elasticsearch: ['doubled'] })
  })

  it('sees a changed value and a point in the bucket of another tenant', async () => {
    const kinds = await verifyAfter(async ([a, b]) => {
      await writeInfluxdb(a, startMs, 9)
      await writeInfluxdb(a, startMs + 1, 1.5, `pegel_${b}`)
    })
    expect(kinds).toEqual({ ...everywhere([]), InfluxDB: ['changed', 'unexpected'] })
  })
})
