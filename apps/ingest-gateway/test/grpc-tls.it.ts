import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import type { RequestOptions } from 'node:https'
import { join } from 'node:path'
import { credentials } from '@grpc/grpc-js'
import { afterEach, describe, expect, it } from '@jest/globals'
import { requireKafka } from '@pegel/testing'
import { RawClient } from './support/grpc-client.ts'
import { rowOf, tableOf } from './support/bad-input-rows.ts'
import { healthOf } from './support/grpc-services.ts'
import { gauges, protobufOf } from './support/requests.ts'
import { KEYS, RunningGateway } from './support/running-gateway.ts'

const file = (name: string): string => join(process.cwd(), 'apps/ingest-gateway/test/tls', name)
const pem = (name: string): Buffer => readFileSync(file(name))
const server = { PEGEL_TLS_CERT_FILE: file('server.pem'), PEGEL_TLS_KEY_FILE: file('server.key') }
const body = protobufOf(gauges([{ name: 'tls', value: 1 }]))

let gateway: RunningGateway | undefined
const clients: RawClient[] = []
afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await gateway?.close()
  gateway = undefined
})

async function start(env: Readonly<Record<string, string>>): Promise<RunningGateway> {
  return (gateway = await RunningGateway.start(requireKafka(), { env }))
}

function grpc(port: number, tls = credentials.createInsecure()): RawClient {
  const client = new RawClient(port, { tls })
  clients.push(client)
  return client
}

/** Status of a POST over HTTPS, or the code of what went wrong. */
function https(port: number, options: RequestOptions): Promise<number | string> {
  const headers = { authorization: `Bearer ${KEYS.acme}`, 'content-type': 'application/x-protobuf' }
  return new Promise((resolve) => {
    const sent = request({ host: 'localhost', port, path: '/v1/metrics', method: 'POST', headers, ...options })
    sent.once('response', (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    sent.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    sent.end(body)
  })
}

describe('a gateway with a certificate', () => {
  const CLOSED = expect.stringContaining('the connection is closed')
  it.each([
    ['grpc', 'TLS: plain text, or no certificate when one is asked for'],
    ['http', 'plain text, or no certificate when one is asked'],
  ])('says in the README of %s that it closes what is not TLS', (door, input) => {
    expect(rowOf(tableOf(door), input).answer).toEqual(CLOSED)
  })

  it('speaks TLS on both ports, and nothing else', async () => {
    const { grpcPort, httpPort } = await start(server)
    const trusted = grpc(grpcPort, credentials.createSsl(pem('ca.pem')))
    expect((await trusted.unary(body)).status).toBe('OK')
    expect(await healthOf(trusted)).toBe('SERVING')
    expect((await grpc(grpcPort).unary(body)).status).toBe('UNAVAILABLE')
    expect((await grpc(grpcPort, credentials.createSsl()).unary(body)).status).toBe('UNAVAILABLE')
    expect(await https(httpPort, { ca: pem('ca.pem') })).toBe(200)
    expect(await https(httpPort, {})).toMatch(/VERIFY|CERT/)
    await expect(fetch(`http://127.0.0.1:${httpPort}/v1/metrics`)).rejects.toThrow()
  })

  it('asks clients for theirs when it has an authority for them', async () => {
    const { grpcPort, httpPort } = await start({ ...server, PEGEL_TLS_CLIENT_CA_FILE: file('ca.pem') })
    const known = credentials.createSsl(pem('ca.pem'), pem('client.key'), pem('client.pem'))
    expect((await grpc(grpcPort, known).unary(body)).status).toBe('OK')
    expect((await grpc(grpcPort, credentials.createSsl(pem('ca.pem'))).unary(body)).status).toBe('UNAVAILABLE')
    const mine = { ca: pem('ca.pem'), key: pem('client.key'), cert: pem('client.pem') }
    expect(await https(httpPort, mine)).toBe(200)
    expect(await https(httpPort, { ca: pem('ca.pem') })).toMatch(/^E/)
  })
})

describe('a gateway with a wrong certificate', () => {
  it.each([
    ['no key', { PEGEL_TLS_CERT_FILE: file('server.pem') }, 'tls.incomplete'],
    ['no such file', { ...server, PEGEL_TLS_CERT_FILE: file('nothing.pem') }, 'PEGEL_TLS_CERT_FILE names .*ENOENT'],
    ['no certificate', { ...server, PEGEL_TLS_CERT_FILE: file('README.md') }, 'PEGEL_TLS_CERT_FILE names'],
    ['the key of another', { ...server, PEGEL_TLS_KEY_FILE: file('client.key') }, 'PEGEL_TLS_KEY_FILE names'],
    ['no authority', { ...server, PEGEL_TLS_CLIENT_CA_FILE: file('server.key') }, 'PEGEL_TLS_CLIENT_CA_FILE names'],
  ])('does not start: %s', async (_name, env, problem) => {
    await expect(start(env)).rejects.toThrow(new RegExp(problem))
  })
})
