import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@pegel/testing'
import type { LedgerReport } from '../tools/demo/live/ledger-report.ts'
import { ROOT } from '../tools/demo/run/place.ts'
import { startComponent, type RunningComponent } from '../tools/stack/index.ts'
import { commandsOf, runCommand, type GuideResult } from './guide.ts'
import { gauge, newTenant, startPipeline, type Pipeline } from './pipeline.ts'

const acme = { ...newTenant('acme'), placement: 'dedicated' as const }
const other = newTenant('other')
const SINK = 'elasticsearch'
let pipeline: Pipeline
let prometheus: RunningComponent

/** A command of the guide, and what it has to show. One that only reads is run until it does. */
interface Step {
  readonly begins: string
  readonly reads?: boolean
  readonly shows: (result: GuideResult) => unknown
}

const lines = (text: string): readonly string[] => text.trimEnd().split('\n')
const row = (text: string): readonly string[] => lines(text)[1]?.split(/ {2,}/) ?? []

/** Outcomes of a tenant's points at the sink, those that there are. */
async function booked({ tenant }: { readonly tenant: string }): Promise<Readonly<Record<string, number>>> {
  const { stdout } = await pipeline.pegel('ledger', '--json', '--tenant', tenant, '--sink', SINK)
  const [sink] = (JSON.parse(stdout) as LedgerReport).tenants[0]?.sinks ?? []
  const names = ['delivered', 'alreadyPresent', 'deadLettered', 'parked', 'inFlight', 'unsupported'] as const
  return Object.fromEntries(names.flatMap((name) => (sink !== undefined && sink[name] > 0 ? [[name, sink[name]]] : [])))
}

/** Names of alerts that fire for the tenant. */
async function alerts(): Promise<readonly string[]> {
  const response = await fetch(`${prometheus.url}/api/v1/alerts`)
  const { data } = (await response.json()) as {
    data: { alerts: readonly { labels: Readonly<Record<string, string>>; state: string }[] }
  }
  const own = data.alerts.filter(({ labels, state }) => labels.tenant === acme.tenant && state === 'firing')
  return own.map(({ labels }) => labels.alertname ?? '')
}

const settles = (outcomes: object): Promise<void> =>
  eventually(async () => expect(await booked(acme)).toEqual(outcomes), { deadlineMs: 30_000, everyMs: 250 })

const STEPS: readonly Step[] = [
  { begins: 'curl', shows: () => settles({ delivered: 1 }) },
  { begins: 'curl -sS -f -X PUT', shows: ({ stdout }) => expect(stdout).toContain('"acknowledged":true') },
  { begins: 'for n in 1 2', shows: () => settles({ delivered: 1, deadLettered: 800 }) },
  {
    begins: 'npm run pegel -- dead-letters list',
    reads: true,
    shows: ({ stdout }) => expect(stdout).toMatch(/field_limit x(400|800) +open +.*Limit of total fields \[5\]/),
  },
  {
    begins: 'npm run pegel -- dead-letters show',
    reads: true,
    shows: ({ stdout }) => expect(stdout).toMatch(/field_limit +orders_open\{.*host="h1"/),
  },
  { begins: 'for n in 3 4', shows: () => settles({ delivered: 1, deadLettered: 800, parked: 800 }) },
  {
    begins: 'npm run pegel -- lanes list',
    reads: true,
    shows: async ({ stdout }) => {
      const [sink, , state, why, , , points] = row(stdout)
      expect([sink, state, why, points]).toEqual([SINK, 'stopped', 'dead_letter_rule (field_limit)', '800'])
      expect(await alerts()).toContain('PegelLaneStopped')
    },
  },
  {
    begins: 'npm run pegel -- ledger',
    reads: true,
    shows: async ({ stdout, code }) => {
      expect([code, lines(stdout).at(-1)]).toEqual([0, expect.stringContaining('the books balance')])
      expect(await booked(other)).toEqual({ delivered: 1 })
    },
  },
  { begins: 'curl -sS -f -X PUT', shows: ({ stdout }) => expect(stdout).toContain('"acknowledged":true') },
  { begins: 'npm run pegel -- lanes resume', shows: () => settles({ delivered: 801, deadLettered: 800 }) },
  {
    begins: 'npm run pegel -- dead-letters replay',
    reads: true,
    shows: async ({ stdout }) => {
      expect(stdout).toContain('field_limit')
      expect(await booked(acme)).toEqual({ delivered: 801, deadLettered: 800 })
    },
  },
  {
    begins: 'npm run pegel -- dead-letters replay',
    shows: ({ stdout }) => expect(stdout).toMatch(/elasticsearch +delivered 800\n.*is written/),
  },
  {
    begins: 'npm run pegel -- dead-letters list',
    reads: true,
    shows: ({ stdout }) => expect(lines(stdout)).toHaveLength(1),
  },
  {
    begins: 'npm run pegel -- ledger',
    reads: true,
    shows: async ({ stdout, code }) => {
      expect([code, lines(stdout).at(-1)]).toEqual([0, expect.stringContaining('the books balance')])
      expect(await booked(acme)).toEqual({ delivered: 1601 })
      expect(await alerts()).not.toContain('PegelLaneStopped')
    },
  },
  {
    begins: 'npm run pegel -- audit list',
    reads: true,
    shows: ({ stdout }) => {
      expect(stdout).toMatch(/lanes\.resume.*succeeded/)
      expect(stdout).toMatch(/dead_letters\.replay.*succeeded/)
    },
  },
]

const commands = commandsOf('dead-letters.md')

async function follow(command: string, { reads = false, shows }: Step): Promise<void> {
  const { gateway, env } = pipeline
  const own = command.replaceAll(/\bacme\b/g, acme.tenant)
  const run = async (): Promise<unknown> => {
    const result = await runCommand(own, { ...env, PEGEL_GATEWAY: gateway, PEGEL_KEY: acme.key })
    expect([result.stderr, result.code]).toEqual([expect.anything(), 0])
    return shows(result)
  }
  if (reads) await eventually(run, { deadlineMs: 30_000, everyMs: 250 })
  else await run()
}

describe('the dead-letter exercise of the guide', () => {
  beforeAll(async () => {
    pipeline = await startPipeline([acme, other], {}, 'ingest-gateway,enricher,sink-elasticsearch')
    const { adminPort } = pipeline.services.current()['sink-elasticsearch'] ?? {}
    const scrape = [{ job: 'pegel', targets: [`127.0.0.1:${String(adminPort)}`], labels: { tenant: 'pegel' } }]
    prometheus = await startComponent('prometheus', {
      ...{ dataDir: mkdtempSync(join(tmpdir(), 'pegel-e2e-')), local: true },
      config: { ruleFiles: [join(ROOT, 'alerts', 'pegel.yml')], scrape, intervalMs: 1000 },
    })
    const { status } = await pipeline.send(gauge('quiet', 1, Date.now()), { authorization: `Bearer ${other.key}` })
    expect(status).toBe(200)
  }, 120_000)
  afterAll(async () => {
    await prometheus.stop()
    await pipeline.stop()
  })

  it('has a step here for each command', () => {
    expect(commands.map((command, index) => command.startsWith(STEPS[index]?.begins ?? '?'))).toEqual(
      STEPS.map(() => true),
    )
  })

  it('goes as the guide says, from the refusal to books that balance', async () => {
    for (const [index, step] of STEPS.entries()) await follow(commands[index] ?? '', step)
  }, 180_000)

  it('stays balanced, and counts nothing twice, when all of it is replayed, or goes through the enricher again', async () => {
    const replay = async (...args: readonly string[]): Promise<string> => {
      const span = ['--tenant', acme.tenant, '--from', '1h', '--sink', SINK, '--wait', '60s']
      const { code, stdout, stderr } = await pipeline.pegel('replay', ...span, ...args)
      expect([stderr, code]).toEqual([expect.anything(), 0])
      return stdout
    }
    expect(await replay()).toMatch(/elasticsearch +already_present 1601\n.*is written/)
    await pipeline.apply([{ ...acme, more: 'static_labels: { region: eu }\n' }, other])
    expect(await replay('--reprocess')).toMatch(/elasticsearch +delivered 1601\n.*is written/)
    expect(await replay('--reprocess')).toMatch(/elasticsearch +already_present 1601\n.*is written/)
    const { stdout, code } = await pipeline.pegel('ledger', '--tenant', acme.tenant, '--sink', SINK)
    expect([code, lines(stdout).at(-1)]).toEqual([0, expect.stringContaining('the books balance')])
    expect(await booked(acme)).toEqual({ delivered: 1601 })
    const audit = await pipeline.pegel('audit', 'list', '--tenant', acme.tenant)
    expect(audit.stdout).toMatch(/replay\.reprocess.*succeeded/)
  }, 180_000)
})
