import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from '@jest/globals'
import type { LedgerReport } from '@pegel/pipeline'
import { eventually } from '@pegel/testing'
import { Cli, directoryOf, withOneRecord } from './support.ts'

describe('pegel ledger', () => {
  it('balances what was booked', async () => {
    const cli = new Cli()
    await withOneRecord(cli, { enricher: true, delivered: 5 })
    const run = await cli.run('ledger')
    expect(run.err).toBe('')
    expect(run).toMatchObject({ code: 0 })
    expect(run.out).toMatch(/^acme +influxdb +5 +5 .*20 ms +ok$/m)
    expect(run.out).toContain('1 windows closed, 0 open, 0 ingest records waiting: the books balance')
  }, 30_000)

  it('exits 1 and names what a sink has passed without an outcome', async () => {
    const cli = new Cli()
    await withOneRecord(cli, { enricher: true, delivered: 0 })
    const run = await cli.run('ledger', '--json', '--sink', 'influxdb', '--tenant', 'acme')
    expect(run.code).toBe(1)
    expect(run.err).toContain('error cli.unbalanced')
    const report = JSON.parse(run.out) as LedgerReport
    expect(report.missingParts).toEqual([expect.objectContaining({ sink: 'influxdb', tenant: 'acme', points: 5 })])
  }, 30_000)

  it('exits 1 and names a record that the enricher has passed without a row', async () => {
    const cli = new Cli()
    await withOneRecord(cli, { enricher: false, delivered: 0 })
    const run = await cli.run('ledger', '--wait', '0')
    expect(run.code).toBe(1)
    expect(run.out).toMatch(/Missing: ingest records.*\n +pegel\.ingest\.v1\/\d@0\n/)
  }, 30_000)

  it('follows until it is interrupted', async () => {
    const cli = new Cli()
    await cli.run('topics', 'create')
    const following = cli.run('ledger', '--follow')
    await eventually(() => expect(cli.out).toContain('the books balance'))
    cli.interrupt()
    expect(await following).toMatchObject({ code: 0 })
  }, 30_000)

  it('says which option it does not understand', async () => {
    const cli = new Cli()
    expect((await cli.run('ledger', '--wait', 'long')).err).toContain('error cli.bad_option: --wait')
    expect(await cli.run('ledger', '--unknown')).toMatchObject({ code: 2 })
    expect(await cli.run('--help')).toMatchObject({ code: 0 })
  })
})

describe('pegel topics', () => {
  it('lists what is there and what is not', async () => {
    const cli = new Cli()
    expect((await cli.run('topics', 'list')).out).toMatch(/^pegel\.ingest\.v1 +0 +0 /m)
    await cli.run('topics', 'create')
    expect((await cli.run('topics', 'list')).out).toMatch(/^pegel\.ingest\.v1 +3 +0 /m)
  })
})

describe('pegel health', () => {
  async function withServer<T>(status: number, body: string, use: (url: string) => Promise<T>): Promise<T> {
    const server = createServer((_, response) => response.writeHead(status).end(body))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    } finally {
      server.close()
    }
  }

  it('asks Kafka and every service that is named', async () => {
    const run = await withServer(200, '{}', (url) => new Cli().run('health', '--url', `gateway=${url}`))
    expect(run).toMatchObject({ code: 0 })
    expect(run.out).toMatch(/^kafka +ok/m)
    expect(run.out).toMatch(/^gateway +ok/m)
  })

  it('exits 1 and names the failed check, or why there was no answer', async () => {
    const checks = { kafka: { status: 'ok' }, backend: { status: 'failed', problem: 'refused' } }
    const run = await withServer(503, JSON.stringify({ status: 'not_ready', checks }), (url) =>
      new Cli({ PEGEL_HEALTH_URLS: `sink=${url},gone=http://127.0.0.1:1` }).run('health', '--check-all'),
    )
    expect(run.code).toBe(1)
    expect(run.err).toContain('error cli.unhealthy: 2 of 3 checks failed.')
    expect(run.out).toMatch(/^sink +FAILED +\d+ ms +503 backend: refused$/m)
    expect(run.out).toMatch(/^gone +FAILED/m)
    expect(run.out).not.toContain('kafka:')
  })

  it('says what a service that starts is waiting for', async () => {
    const body = JSON.stringify({ status: 'starting', waitingFor: 'reach Kafka', checks: {} })
    const run = await withServer(503, body, (url) => new Cli().run('health', '--url', `enricher=${url}`))
    expect(run.out).toMatch(/^enricher +FAILED +\d+ ms +503 waits to reach Kafka$/m)
  })

  it('knows the services that "pegel run" started, up or not', async () => {
    const run = await withServer(500, 'broken', (url) => {
      const adminPort = Number(new URL(url).port)
      const state = { pid: 1, services: { enricher: { pid: 2, adminPort }, sink: {} } }
      const dir = directoryOf({ 'run.json': JSON.stringify(state) })
      return new Cli({ PEGEL_RUN_STATE: `${dir}/run.json` }).run('health', '--check-all')
    })
    expect(run.out).toMatch(/^enricher +FAILED +\d+ ms +500 broken/m)
    expect(run.out).toMatch(/^sink +FAILED/m)
    expect((await new Cli({ PEGEL_RUN_STATE: '/nowhere' }).run('health')).code).toBe(0)
  })

  it('says that Kafka does not answer, and where it was asked', async () => {
    const cli = new Cli({ PEGEL_KAFKA_BROKERS: '127.0.0.1:1' })
    const run = await cli.run('health', '--timeout', '300')
    expect(run.code).toBe(1)
    expect(run.out).toMatch(/^kafka +FAILED/m)
  }, 30_000)
})
