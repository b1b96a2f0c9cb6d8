import { afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@pegel/testing'
import { adminPortOf, buildTiny, get, run, tinySettings } from './support/tiny-service.ts'
import type { Run } from './support/tiny-service.ts'

let entry = ''
beforeAll(async () => {
  entry = await buildTiny('tiny-workers')
})

let service: Run
afterEach(async () => {
  for (const pid of workers().values()) if (alive(pid)) process.kill(pid, 'SIGKILL')
  service.child.kill('SIGKILL')
  await service.exit
})

interface Line {
  readonly message: string
  readonly metadata?: Readonly<Record<string, unknown>>
}

function start(overrides: Readonly<Record<string, string>> = {}): void {
  service = run(entry, tinySettings({ PEGEL_WORKERS: '2', ...overrides }))
}

/** Started, with as many `listening` lines as workers have begun their work. */
async function begun(count = 2): Promise<void> {
  await eventually(() => expect(said('listening')).toHaveLength(count))
}

function said(message: string): readonly Line[] {
  const lines = service.output().split('\n').slice(0, -1)
  return lines
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Line)
    .filter((line) => line.message === message)
}

/** Process ids by the number of the worker, of the last one that had it. */
function workers(): ReadonlyMap<number, number> {
  return new Map(said('started a worker').map(({ metadata }) => [Number(metadata?.worker), Number(metadata?.pid)]))
}

function alive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

function ask(path: string): Promise<{ status: number; text: string }> {
  return get({ adminPort: adminPortOf(service.output()) }, path)
}

function killWorker(number: number, signal: NodeJS.Signals): number {
  const pid = workers().get(number) ?? NaN
  process.kill(pid, signal)
  return pid
}

async function gone(pids: Iterable<number>): Promise<void> {
  await eventually(() => expect([...pids].filter(alive)).toEqual([]))
}

describe('a service of two workers', () => {
  it('has one admin port, which answers for both', async () => {
    start()
    await begun()
    const ports = said('listening').map(({ metadata }) => String(metadata?.adminPort))
    expect(new Set(ports)).toEqual(new Set([adminPortOf(service.output())]))
    expect((await ask('/healthz')).status).toBe(200)
    const ok = { status: 'ok', tookMs: expect.any(Number) }
    const { status, text } = await ask('/readyz')
    expect([status, JSON.parse(text)]).toEqual([
      200,
      { status: 'ready', checks: { kafka: ok, tenants: ok, trouble: ok } },
    ])
    const metrics = (await ask('/metrics')).text
    expect(metrics).toContain('tiny_records_total{service="tiny",worker="1"} 1\n')
    expect(metrics).toContain('tiny_records_total{service="tiny",worker="2"} 1\n')
    expect(metrics).toMatch(/process_cpu_seconds_total\{service="tiny",worker="primary"\} \d/)
  })

  it('drains both on SIGTERM, also when they get it themselves, and exits 0', async () => {
    start()
    await begun()
    const pids = [...workers().values()]
    for (const pid of [...pids, service.child.pid ?? NaN]) process.kill(pid, 'SIGTERM')
    expect(await service.exit).toBe(0)
    expect(said('drained')).toHaveLength(2)
    expect(pids.filter(alive)).toEqual([])
  })

  it('starts another in the place of one that dies, under its number', async () => {
    start()
    await begun()
    const before = killWorker(2, 'SIGKILL')
    await begun(3)
    expect(workers().get(2)).not.toBe(before)
    expect(said('a worker ended by itself')).toMatchObject([
      { metadata: { worker: 2, pid: before, signal: 'SIGKILL' } },
    ])
    const { text } = await ask('/metrics')
    expect(text).toContain('pegel_worker_replaced_total{service="tiny",worker="primary"} 1\n')
    expect(text).toContain('tiny_records_total{service="tiny",worker="2"} 1\n')
    expect((await ask('/readyz')).status).toBe(200)
    service.child.kill('SIGTERM')
    expect(await service.exit).toBe(0)
  })

  it('is not ready while one does not answer, and shows what the other counts', async () => {
    start()
    await begun()
    killWorker(2, 'SIGSTOP')
    const { status, text } = await ask('/readyz')
    expect([status, JSON.parse(text)]).toMatchObject([503, { checks: { answers: { problem: 'worker 2: no answer' } } }])
    const metrics = (await ask('/metrics')).text
    expect(metrics).toContain('tiny_records_total{service="tiny",worker="1"} 1\n')
    expect(metrics).not.toContain('worker="2"')
    expect(said('a worker did not say what it counts')).toMatchObject([{ metadata: { worker: 2 } }])
    killWorker(2, 'SIGCONT')
    await eventually(async () => expect((await ask('/readyz')).status).toBe(200))
  })

  it('does not outlive the process that was started', async () => {
    start()
    await begun()
    service.child.kill('SIGKILL')
    await gone(workers().values())
  })
})

describe('workers in trouble', () => {
  it('end the service with exit 1 when they fail before they listen', async () => {
    start({ TINY_TROUBLE: 'start' })
    expect(await service.exit).toBe(1)
    expect(said('could not start: a worker failed to')).toHaveLength(1)
    await gone(workers().values())
  })

  it('cannot start without the admin port', async () => {
    start()
    await begun()
    const taken = run(
      entry,
      tinySettings({ PEGEL_WORKERS: '2', PEGEL_ADMIN_PORT: String(adminPortOf(service.output())) }),
    )
    expect(await taken.exit).toBe(1)
    expect(taken.output()).toContain('EADDRINUSE')
  })

  it('end at once at a second signal', async () => {
    start({ TINY_DRAIN_MS: '1h' })
    await begun()
    service.child.kill('SIGTERM')
    await eventually(() => expect(said('draining')).toHaveLength(2))
    service.child.kill('SIGTERM')
    expect(await service.exit).toBe(143)
    await gone(workers().values())
  })

  it('exit 1 when the work in flight does not end within the deadline', async () => {
    start({ TINY_DRAIN_MS: '1h', PEGEL_SHUTDOWN_DEADLINE_MS: '50' })
    await begun()
    service.child.kill('SIGINT')
    expect(await service.exit).toBe(1)
    await gone(workers().values())
  })
})
