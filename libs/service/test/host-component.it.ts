import { afterEach, describe, expect, it } from '@jest/globals'
import { Inject, Module } from '@nestjs/common'
import { baseConfig, loadConfig } from '@pegel/config'
import type { BaseConfig } from '@pegel/config'
import { createLogger } from '@pegel/telemetry'
import type { Logger } from '@pegel/telemetry'
import { z } from 'zod'
import { hostComponent } from '../src/host-component.ts'
import type { RunningComponent } from '../src/host-component.ts'
import { CONFIG, HOSTED, INSTANCE, LOG } from '../src/index.ts'
import type { Component, Hosted } from '../src/index.ts'

class Loner implements Hosted {
  static stops = 0
  readonly checks = { well: () => Promise.reject(new Error('not well')) }
  readonly #log: Logger
  constructor(@Inject(CONFIG) config: BaseConfig, @Inject(LOG) log: Logger, @Inject(INSTANCE) instance: string) {
    this.#log = log
    log.info('made', { instance, partitions: config.PEGEL_PARTITIONS })
  }
  start(): Promise<void> {
    this.#log.info('started')
    return Promise.resolve()
  }
  stop(): Promise<void> {
    Loner.stops += 1
    return Promise.resolve()
  }
}

@Module({ providers: [{ provide: HOSTED, useClass: Loner }] })
class LonerModule {}

@Module({})
class EmptyModule {}

const component: Component<z.ZodObject> = {
  name: 'loner',
  description: 'Needs no Kafka.',
  topics: { in: [], out: [] },
  config: z.object({}),
  metrics: [],
  module: LonerModule,
}

function host(
  env: Readonly<Record<string, string>>,
  lines: string[],
  module = component.module,
): Promise<RunningComponent> {
  const loaded = loadConfig(baseConfig, { PEGEL_ADMIN_PORT: '0', PEGEL_ADMIN_HOST: '127.0.0.1', ...env })
  if (!loaded.ok) throw new Error(loaded.problems.join())
  const log = createLogger({ service: 'loner', level: 'debug', destination: { write: (line) => lines.push(line) } })
  return hostComponent({
    component: { ...component, module },
    config: loaded.config,
    log,
    signal: new AbortController().signal,
  })
}

describe('a component that needs no Kafka', () => {
  let running: RunningComponent | undefined
  afterEach(() => running?.stop())

  it('starts without a broker, injected by tokens, and is not ready while a check fails', async () => {
    const lines: string[] = []
    running = await host({ PEGEL_KAFKA_BROKERS: '127.0.0.1:1', MONITORING_ENABLED: 'off' }, lines)
    expect(lines.join()).toMatch(/"instance":"loner-[0-9a-f]{8}"/)
    expect(lines.join()).toContain('"nest"')
    const base = `http://127.0.0.1:${running.adminPort}`
    const readiness = await fetch(`${base}/readyz`)
    expect(readiness.status).toBe(503)
    expect(await readiness.json()).toMatchObject({
      status: 'not_ready',
      checks: { well: { status: 'failed', problem: 'not well' } },
    })
    expect((await fetch(`${base}/metrics`)).status).toBe(404)
  })

  it('stops once, however often it is asked', async () => {
    running = await host({}, [])
    const before = Loner.stops
    await Promise.all([running.stop(), running.stop()])
    expect(Loner.stops).toBe(before + 1)
  })

  it('fails its start when the module has no HOSTED, and leaves nothing open', async () => {
    const lines: string[] = []
    await expect(host({}, lines, EmptyModule)).rejects.toThrow(/pegel.hosted/)
    const [, port] = /"adminPort":(\d+)/.exec(lines.join()) ?? []
    await expect(fetch(`http://127.0.0.1:${Number(port)}/healthz`)).rejects.toThrow()
  })
})
