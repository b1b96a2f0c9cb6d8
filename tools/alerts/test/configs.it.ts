import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'
import { expandTemplate } from '../../stack/components/expand-template.ts'
import { amtool } from './amtool.ts'
import { promtool } from './promtool.ts'

interface PrometheusConfig {
  readonly global: { readonly scrape_interval: string }
  readonly alerting: {
    readonly alertmanagers: readonly { readonly static_configs: readonly { readonly targets: readonly string[] }[] }[]
  }
}

interface Compose {
  readonly services: Readonly<
    Record<
      string,
      { readonly image?: string; readonly command?: readonly string[]; readonly ports?: readonly string[] }
    >
  >
}

const TEMPLATES = ['configs/prometheus.yml', 'configs/alertmanager.yml'] as const
const PROMETHEUS = readFileSync(TEMPLATES[0], 'utf8')
const ALERTMANAGER = readFileSync(TEMPLATES[1], 'utf8')
let dir: string

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'pegel-configs-'))
  cpSync('alerts', join(dir, 'alerts'), { recursive: true })
})

afterAll(() => {
  rmSync(dir, { recursive: true })
})

/** As the container does it: by the shell, and then the program. */
function byShell(template: string, env: Readonly<Record<string, string>>): string {
  const file = join(dir, 'shell.yml')
  const result = spawnSync('/bin/sh', ['configs/expand.sh', template, file, 'cat', file], { env, encoding: 'utf8' })
  expect([result.status, result.stderr]).toEqual([0, ''])
  return result.stdout
}

describe.each(TEMPLATES)('%s', (name) => {
  const template = readFileSync(name, 'utf8')

  it.each([{}, { PROMETHEUS_SCRAPE_INTERVAL: '5s', PEGEL_HTTP_PORT: '14318', ALERTMANAGER_PORT: '' }])(
    'is filled in by the shell as by tools/stack, with %j',
    (env) => {
      expect(byShell(name, env)).toBe(expandTemplate(template, env))
    },
  )

  it('holds nothing that a shell would take for more than a variable', () => {
    expect(template.replace(/\$\{[A-Z_]+:-[^}$`\\]*\}/g, '')).not.toMatch(/[$`\\]/)
  })
})

describe('configs/alertmanager.yml', () => {
  it('is what amtool takes', async () => {
    const file = join(dir, 'alertmanager.yml')
    writeFileSync(file, expandTemplate(ALERTMANAGER, {}))
    const result = spawnSync(await amtool(), ['check-config', file], { encoding: 'utf8' })
    expect([result.status, `${result.stdout}${result.stderr}`]).toEqual([0, expect.stringContaining('SUCCESS')])
  })

  it('hands all to the gateway, with a key from a file, and the watchdog often enough', () => {
    const values = { PEGEL_HTTP_PORT: '14318', PEGEL_GATEWAY_HOST: 'gateway', PEGEL_ALERTMANAGER_KEY_FILE: '/k' }
    expect(parse(expandTemplate(ALERTMANAGER, values))).toMatchObject({
      route: { receiver: 'pegel', group_by: ['tenant', 'alertname'], repeat_interval: '1m' },
      receivers: [
        {
          webhook_configs: [
            {
              url: 'http://gateway:14318/api/v1/alertmanager/webhook',
              send_resolved: true,
              http_config: { authorization: { credentials_file: '/k' } },
            },
          ],
        },
      ],
    })
  })

  it('listens on ALERTMANAGER_PORT in docker-compose.yml, where Prometheus looks for it', () => {
    const { services } = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as Compose
    const { command = [], ports = [] } = services.alertmanager ?? {}
    expect(command).toContain('--web.listen-address=:${ALERTMANAGER_PORT:-9093}')
    expect(ports.join()).toMatch(/:\$\{ALERTMANAGER_PORT:-9093\}$/)
    expect(PROMETHEUS).toContain(':-alertmanager}:${ALERTMANAGER_PORT:-9093}')
  })
})

describe('configs/prometheus.yml', () => {
  it('follows the variables that users know', () => {
    const env = { PROMETHEUS_SCRAPE_INTERVAL: '7s', PROMETHEUS_PORT: '19090', ALERTMANAGER_PORT: '19093' }
    const config = parse(expandTemplate(PROMETHEUS, env)) as PrometheusConfig
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
    writeFileSync(file, expandTemplate(PROMETHEUS, values))
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
