import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import type { KafkaPort } from '@pegel/kafka'
import { createLogger } from '@pegel/telemetry'
import { batchOf, gauge, tenantConfig } from '@pegel/testing'
import { uncompressSync } from 'snappy'
import { readRequest } from './read-request.ts'
import { testSink } from './test-sink.ts'

const { signal } = new AbortController()
const V2 = 'application/x-protobuf;proto=io.prometheus.write.v2.Request'

interface Seen {
  readonly method: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}
type Answer = (seen: Seen, response: ServerResponse) => void

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** Writes one point to a receiver that answers so; gives the outcome and what was posted, questions about the receiver first. */
async function sent(answer: Answer, environment: Readonly<Record<string, string>> = {}) {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    void request.toArray().then((chunks) => {
      const { method, headers } = request
      const posted = { method, headers, body: Buffer.concat(chunks as Buffer[]) }
      if (method === 'POST') {
        seen.push(posted)
        answer(posted, response)
      } else response.writeHead(404).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const log = createLogger({ service: 'test', level: 'silent' })
  const sink = testSink({ url, kafka: {} as KafkaPort, log }, environment)
  closing.push(
    () => sink.close(),
    () => new Promise((resolve) => server.close(resolve)),
  )
  const { record } = batchOf('acme', [gauge('a', [[1000, 1]])])
  const { outcomes } = await sink.write({ tenant: 'acme', config: tenantConfig('acme'), records: [record] }, signal)
  return { outcome: outcomes[0], seen, last: seen.at(-1) }
}

/** A receiver of 1.0 that looks at no type: what it does not know it finds empty. */
const older: Answer = (_seen, response) => response.writeHead(204).end()
/** A receiver of 2.0 that writes everything, and says something besides. */
const newer: Answer = ({ body }, response) => {
  const samples = readRequest(uncompressSync(body) as Buffer, '2.0').reduce((sum, each) => sum + each.samples.length, 0)
  const written = { samples, histograms: 0, exemplars: 0 }
  const headers = Object.entries(written).map(([what, count]) => [
    `x-prometheus-remote-write-${what}-written`,
    String(count),
  ])
  response.writeHead(200, Object.fromEntries(headers) as Record<string, string>)
  response.end('out of order sample, too old, duplicate sample for timestamp')
}

/** What https://prometheus.io/docs/specs/prw/remote_write_spec_2_0/ demands of senders, where it is not about the message itself. */
describe('remote write 2.0', () => {
  const reserved = { 'content-encoding': 'snappy', 'user-agent': 'pegel-sink-prometheus' }

  it('Senders MUST send the reserved headers, in a POST', async () => {
    const { last, outcome } = await sent(newer)
    expect(last).toMatchObject({
      method: 'POST',
      headers: { ...reserved, 'content-type': V2, 'x-prometheus-remote-write-version': '2.0.0' },
    })
    expect(outcome).toMatchObject({ delivered: 1 })
  })

  it('When talking to 1.x Receivers, Senders MUST use X-Prometheus-Remote-Write-Version: 0.1.0', async () => {
    const { seen, last, outcome } = await sent(older)
    const old = { 'content-type': 'application/x-protobuf', 'x-prometheus-remote-write-version': '0.1.0' }
    expect(last?.headers).toMatchObject({ ...reserved, ...old, 'x-scope-orgid': 'acme' })
    // It was asked by 2.0 first, as a receiver of unknown age.
    expect(seen[0]?.headers['content-type']).toBe(V2)
    expect(outcome).toMatchObject({ delivered: 1 })
  })

  it("Snappy's block format MUST be used", async () => {
    const { last } = await sent(newer)
    const [series] = readRequest(uncompressSync(last?.body ?? Buffer.alloc(0)) as Buffer, '2.0')
    expect(series?.samples).toEqual([{ value: 1, timestamp: 1000, start_timestamp: 0 }])
  })

  it('Senders MUST ignore the response body of a success', async () => {
    expect((await sent(newer)).outcome).toMatchObject({ delivered: 1, alreadyPresent: 0, rejected: [] })
  })

  it('Senders MUST retry write requests on 5xx', async () => {
    const { outcome } = await sent((seen, response) => {
      if (readRequest(uncompressSync(seen.body) as Buffer, '2.0').length === 0) newer(seen, response)
      else response.writeHead(500).end('disk full')
    })
    expect(outcome).toMatchObject({ delivered: 0, rejected: [], retry: [0] })
  })

  it('Senders MUST NOT retry on 4xx: a refused point is a dead letter', async () => {
    const { outcome } = await sent((seen, response) => {
      if (readRequest(uncompressSync(seen.body) as Buffer, '2.0').length === 0) newer(seen, response)
      else response.writeHead(400, { 'x-prometheus-remote-write-samples-written': '0' }).end('too old sample')
    })
    expect(outcome).toMatchObject({ delivered: 0, rejected: [{ point: 0 }], retry: [] })
  })

  it('they MUST NOT allow users to configure reserved headers: a credential is all that can be set', async () => {
    const bearer = await sent(newer, { PEGEL_PROMETHEUS_BEARER_TOKEN: 't0ken' })
    const basic = await sent(newer, { PEGEL_PROMETHEUS_BASIC_AUTH: 'user:pass' })
    expect(bearer.last?.headers).toMatchObject({ ...reserved, authorization: 'Bearer t0ken' })
    expect(basic.last?.headers).toMatchObject({ ...reserved, authorization: 'Basic dXNlcjpwYXNz' })
    expect((await sent(newer)).last?.headers.authorization).toBeUndefined()
  })
})
