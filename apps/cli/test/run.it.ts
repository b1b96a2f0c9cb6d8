import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { eventually } from '@pegel/testing'
import { Cli, directoryOf } from './support.ts'

/** What a service does as far as the supervisor sees it. */
const GOOD = `
console.log(JSON.stringify({ message: 'listening', metadata: { port: 4318, adminPort: Number(process.env.PEGEL_ADMIN_PORT) } }))
const timer = setInterval(() => undefined, 1000)
process.on('SIGTERM', () => { console.log(JSON.stringify({ message: 'drained' })); clearInterval(timer) })
`
const STUBBORN = `process.on('SIGTERM', () => console.log('not now')); console.log('{"message":"listening"}'); setInterval(() => undefined, 1000)`
const DIES = `console.error('no such thing'); process.exitCode = 3`

function apps(services: Readonly<Record<string, string>>): string {
  const dir = directoryOf({})
  for (const [name, text] of Object.entries(services)) {
    mkdirSync(join(dir, name))
    writeFileSync(join(dir, name, 'main.js'), text)
  }
  return dir
}

describe('pegel run', () => {
  it('starts one process a service, passes their lines on, and drains them when told to stop', async () => {
    const dir = apps({ one: GOOD, two: GOOD, cli: DIES, agent: DIES })
    const state = join(dir, 'run.json')
    const cli = new Cli({ PEGEL_ADMIN_PORT: '9464' })
    const running = cli.run('run', '--target', 'all', '--apps', dir, '--state', state)
    await eventually(() => expect(cli.out).toContain('all services are up'))
    const { services } = JSON.parse(readFileSync(state, 'utf8')) as { services: Record<string, unknown> }
    expect(services).toEqual({
      one: { pid: expect.any(Number), port: 4318, adminPort: 0 },
      two: { pid: expect.any(Number), port: 4318, adminPort: 0 },
    })
    cli.interrupt()
    expect(await running).toMatchObject({ code: 0 })
    expect(cli.out.match(/drained/g)).toHaveLength(2)
    expect(() => readFileSync(state)).toThrow('ENOENT')
  })

  it('stops all and exits 1 when one ends by itself', async () => {
    const cli = new Cli()
    const run = await cli.run('run', '--target', 'good,dies', '--apps', apps({ good: GOOD, dies: DIES }))
    expect(run.code).toBe(1)
    expect(run.err).toContain('error cli.service_died: dies ended with code 3')
    expect(run.out).toContain('dies | no such thing')
  })

  it('starts a service again when told to', async () => {
    const cli = new Cli()
    const running = cli.run('run', '--target', 'dies', '--restart', '--apps', apps({ dies: DIES }))
    await eventually(() => expect(cli.out).toContain('"restarts":1'))
    await eventually(() => expect(cli.out.match(/starting it again/g)).toHaveLength(2))
    cli.interrupt()
    expect(await running).toMatchObject({ code: 0 })
  })

  it('kills what does not drain, at the deadline or at a second signal', async () => {
    const dir = apps({ stubborn: STUBBORN })
    const cli = new Cli()
    const late = cli.run('run', '--target', 'stubborn', '--drain', '50', '--apps', dir)
    await eventually(() => expect(cli.out).toContain('all services are up'))
    cli.interrupt()
    expect(await late).toMatchObject({ code: 0 })
    expect(cli.out).toContain('did not drain in time')
    const twice = new Cli()
    const again = twice.run('run', '--target', 'stubborn', '--apps', dir)
    await eventually(() => expect(twice.out).toContain('all services are up'))
    twice.interrupt()
    twice.interrupt()
    expect(await again).toMatchObject({ code: 0 })
  })

  it('names the services that there are', async () => {
    const run = await new Cli().run('run', '--target', 'nothing', '--apps', apps({ one: GOOD }))
    expect(run.err).toContain('error cli.unknown_target: No service nothing; there are all, one.')
    expect((await new Cli().run('run', '--target', 'all', '--apps', '/nowhere')).err).toContain('cli.not_built')
    expect((await new Cli().run('run', '--target', 'all', '--apps', apps({}))).err).toContain('cli.not_built')
  })
})
