import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'
import { expandTemplate } from '../../stack/components/expand-template.ts'
import { promtool } from './promtool.ts'

interface PrometheusConfig {
  readonly global: { readonly scrape_interval: string }
  readonly alerting: {
    readonly alertmanagers: readonly { readonly static_configs: readonly { readonly targets: readonly string[] }[] }[]
  }
}

interface Compose {
  readonly services: Readonly<Record<string, { readonly image?: string; readonly command?: readonly string[] }>>
}

const TEMPLATE = 'configs/prometheus.yml'
const template = readFileSync(TEMPLATE, 'utf8')
let dir: string

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'pegel-configs-'))
  cpSync('alerts', join(dir, 'alerts'), { recursive: true })
})

afterAll(() => {
  rmSync(dir, { recursive: true })
})

/** As the container does it: by the shell, and then the program. */
function byShell(env: Readonly<Record<string, string>>): string {
  const file = join(dir, 'shell.yml')
  const result = spawnSync('/bin/sh', ['configs/expand.sh', TEMPLATE, file, 'cat', file], { env, encoding: 'utf8' })
  expect([result.status, result.stderr]).toEqual([0, ''])
  return result.stdout
}

describe('configs/prometheus.yml', () => {
  it.each([{}, { PROMETHEUS_SCRAPE_INTERVAL: '5s', PROMETHEUS_PORT: '19090', ALERTMANAGER_PORT: '' }])(
    'is filled in by the shell as by tools/stack, with %j',
    (env) => {
      expect(byShell(env)).toBe(expandTemplate(template, env))
    },
  )

  it('holds nothing that a shell would take for more than a variable', () => {
    expect(template.replace(/\$\{[A-Z_]+:-[^}$`\\]*\}/g, '')).not.toMatch(/[$`\\]/)
  })

  it('follows the variables that users know', () => {
    const env = { PROMETHEUS_SCRAPE_INTERVAL: '7s', PROMETHEUS_PORT: '19090', ALERTMANAGER_PORT: '19093' }
    const config = parse(expandTemplate(template, env)) as PrometheusConfig
    expect(config.global).toMatchObject({ scrape_interval: '7s', evaluation_interval: '7s' })
    expect(config.alerting.alertmanagers[0]?.static_configs[0]?.targets).toEqual(['alertmanager:19093'])
    expect(config).toMatchObject({
      scrape_configs: [{ job_name: 'pegel' }, { static_configs: [{ targets: ['localhost:19090'] }] }],
    })
  })

  it('is what promtool takes, with the rules and the targets', async () => {
    const file = join(dir, 'prometheus.yml')
    const values = {
      PEGEL_ALERT_RULES: join(dir, 'alerts'),
      PEGEL_PROMETHEUS_TARGETS: resolve('configs/prometheus-targets.yml'),
    }
    writeFileSync(file, expandTemplate(template, values))
    const result = spawnSync(await promtool(), ['check', 'config', file], { encoding: 'utf8' })
    expect([result.status, `${result.stdout}${result.stderr}`]).toEqual([0, expect.stringContaining('rules found')])
  })

  it('scrapes every service of docker-compose.yml that runs Pegel', () => {
    const { services } = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as Compose
    const running = Object.entries(services).filter(([, { command }]) => command?.[0] === 'run')
    const targets = parse(readFileSync('configs/prometheus-targets.yml', 'utf8')) as readonly {
      readonly targets: readonly string[]
    }[]
    // The agent may run on any machine: it is measured by what it sends.
    const names = running.map(([name]) => name).filter((name) => name !== 'agent')
    expect(targets.flatMap((each) => each.targets).sort()).toEqual(names.map((name) => `${name}:9464`).sort())
  })
})
