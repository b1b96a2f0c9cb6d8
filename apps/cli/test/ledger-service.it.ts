import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import type { LedgerReport } from '@pegel/pipeline'
import { Cli, directoryOf, withOneRecord } from './support.ts'

const servers: Server[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }
})

interface Service {
  readonly url: string
  readonly port: number
  /** What it was asked. */
  readonly questions: string[]
}

/** Answers every question with the status and what `answer` gives at that time. */
async function serve(answer: () => object | string, status = 200): Promise<Service> {
  const questions: string[] = []
  const server = createServer(({ url = '' }, response) => {
    questions.push(url)
    const body = answer()
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  servers.push(server.listen(0, '127.0.0.1'))
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, port, questions }
}

const REPORT: LedgerReport = {
  ...{ tenants: [], windows: [], missingRecords: [], missingParts: [], expiredRecords: [] },
  ...{ waitingRecords: 77, balanced: true },
}
const answerOf = (cli: Cli) => () => ({
  ...REPORT,
  ...{ takenAtMs: Date.now(), sinceMs: Date.now() - 600_000 },
  of: { brokers: String(cli.env.PEGEL_KAFKA_BROKERS).split(','), prefix: cli.env.PEGEL_KAFKA_PREFIX },
})
const stateOf = (port: number): string =>
  `${directoryOf({ 'run.json': JSON.stringify({ pid: 1, services: { ledger: { pid: 2, port } } }) })}/run.json`

describe('pegel ledger with a ledger service', () => {
  it('asks the one that is named, for what is wanted, and says how far back it goes', async () => {
    const cli = new Cli()
    const service = await serve(answerOf(cli))
    const run = await cli.run('ledger', '--json', '--from', service.url, '--tenant', 'acme', '--sink', 'influxdb')
    expect(run).toMatchObject({ code: 0, err: expect.stringContaining('the ledger service keeps minutes since') })
    expect(JSON.parse(run.out)).toMatchObject(REPORT)
    expect(run.out).not.toContain('"of"')
    expect(service.questions).toEqual([expect.stringMatching(/^\/ledger\?since=\d+&tenant=acme&sink=influxdb$/)])
  })

  it('waits for books that were judged after it asked', async () => {
    const cli = new Cli()
    const times = [0, 0, Date.now() + 60_000]
    const service = await serve(() => ({ ...answerOf(cli)(), takenAtMs: times.shift() ?? 0 }))
    expect((await cli.run('ledger', '--json', '--from', service.url)).out).toContain('"waitingRecords":77')
    expect(service.questions).toHaveLength(3)
    await cli.run('ledger', '--json', '--from', service.url, '--wait', '0')
    expect(service.questions).toHaveLength(4)
  })

  it.each([
    ['that is set', (service: Service) => ({ PEGEL_LEDGER_URL: service.url })],
    ['that "pegel run" started', (service: Service) => ({ PEGEL_RUN_STATE: stateOf(service.port) })],
  ])('finds the one %s', async (_, envOf) => {
    const books = new Cli()
    const service = await serve(answerOf(books))
    const run = await new Cli({ ...books.env, ...envOf(service) }).run('ledger')
    expect(run.out).toContain('77 ingest records waiting')
  })

  it('says when one that is named gives no books', async () => {
    const cli = new Cli()
    const refusing = await serve(() => 'reading', 503)
    const refused = await cli.run('ledger', '--from', refusing.url)
    expect([refused.code, refused.err]).toEqual([1, expect.stringMatching(/error cli\.no_ledger: .*\(reading\)/)])
    const confused = await serve(() => '<html>')
    expect((await cli.run('ledger', '--from', confused.url)).err).toContain('error cli.no_ledger')
    expect((await cli.run('ledger', '--from', 'http://127.0.0.1:1')).err).toContain('error cli.no_ledger')
  })

  it.each([
    ['does not answer', { PEGEL_LEDGER_URL: 'http://127.0.0.1:1' }, /gave no books.*Reading the topic instead/],
    [
      '"pegel run" started does not answer',
      { PEGEL_RUN_STATE: stateOf(1) },
      /gave no books.*Reading the topic instead/,
    ],
    ['nobody started', { PEGEL_RUN_STATE: '/nowhere' }, /^$/],
  ])(
    'reads the topic when the one that %s',
    async (_, env, said) => {
      const cli = new Cli(env)
      await withOneRecord(cli, { enricher: true, delivered: 5 })
      const run = await cli.run('ledger')
      expect(run.out).toMatch(/^acme +influxdb +5 +5 .*20 ms +ok$/m)
      expect(run.err).toMatch(said)
    },
    30_000,
  )

  it('reads the topic when it is told to, or when what is there keeps the books of another Kafka', async () => {
    const cli = new Cli()
    await withOneRecord(cli, { enricher: true, delivered: 5 })
    const service = await serve(answerOf(new Cli()))
    for (const [env, ...args] of [
      [{ PEGEL_RUN_STATE: stateOf(service.port) }],
      [{ PEGEL_LEDGER_URL: service.url }, '--from', 'topic'],
    ] as const) {
      const run = await new Cli({ ...cli.env, ...env }).run('ledger', ...args)
      expect(run.out).toContain('1 windows closed, 0 open, 0 ingest records waiting: the books balance')
    }
  }, 30_000)
})
