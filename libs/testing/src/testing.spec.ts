import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from '@jest/globals'
import { isTenantId } from '@pegel/contracts'
import { requireInfluxdb, requireKafka, requirePrometheus } from './components.ts'
import { eventually } from './eventually.ts'
import { fakeTenants, tenantConfig } from './fake-tenants.ts'
import { startService } from './start-service.ts'
import { uniqueName } from './unique-name.ts'

describe('addresses of components', () => {
  const before = { ...process.env }
  afterEach(() => {
    process.env = { ...before }
  })

  it('come from the environment, without a slash at the end', () => {
    process.env.PEGEL_KAFKA_BROKERS = 'a:1,b:2'
    process.env.PEGEL_PROMETHEUS_URL = 'http://p:9090/'
    expect(requireKafka()).toEqual(['a:1', 'b:2'])
    expect(requirePrometheus()).toBe('http://p:9090')
  })

  it('are never guessed', () => {
    delete process.env.PEGEL_INFLUXDB_TOKEN
    process.env.PEGEL_INFLUXDB_URL = 'http://i:8086'
    expect(() => requireInfluxdb()).toThrow(/PEGEL_INFLUXDB_TOKEN is not set.*npm run stack -- up/)
  })
})

describe('uniqueName', () => {
  it('is a tenant id, and another each time', () => {
    const names = Array.from({ length: 100 }, () => uniqueName('case'))
    expect(new Set(names).size).toBe(100)
    expect(names.every(isTenantId)).toBe(true)
  })
})

describe('eventually', () => {
  it('gives what the probe gives once it no longer throws', async () => {
    let tries = 0
    const probe = (): number => {
      tries += 1
      if (tries < 3) throw new Error('not yet')
      return tries
    }
    expect(await eventually(probe, { everyMs: 1 })).toBe(3)
  })

  it('throws at the deadline what the probe threw last', async () => {
    let tries = 0
    const probe = (): never => {
      throw new Error(`try ${(tries += 1)}`)
    }
    await expect(eventually(probe, { deadlineMs: 20, everyMs: 5 })).rejects.toThrow(/try [2-9]/)
  })
})

describe('fakeTenants', () => {
  it('answers as the real directory does', () => {
    const heard: unknown[] = []
    const tenants = fakeTenants()
    const stop = tenants.onChange((tenant, config) => heard.push([tenant, config?.version]))
    expect([tenants.current('a').status, tenants.at('a', 1).status]).toEqual(['unknown', 'behind'])
    tenants.put(tenantConfig('a', { version: 2 }))
    expect([1, 2, 3].map((version) => tenants.at('a', version).status)).toEqual(['unknown', 'active', 'behind'])
    expect(tenants.all().map(({ version }) => version)).toEqual([2])
    tenants.remove('a')
    expect([tenants.current('a').status, tenants.at('a', 2).status, tenants.exact('a', 2).status]).toEqual([
      'deleted',
      'deleted',
      'active',
    ])
    expect(tenants.all()).toEqual([])
    stop()
    tenants.put(tenantConfig('a', { version: 3 }))
    expect(heard).toEqual([
      ['a', 2],
      ['a', undefined],
    ])
  })
})

describe('startService', () => {
  const program = (text: string): string => {
    const entry = join(mkdtempSync(join(tmpdir(), 'service-')), 'main.mjs')
    writeFileSync(entry, text)
    return entry
  }

  it('resolves with what the service says when it listens', async () => {
    const line = JSON.stringify({ message: 'listening', metadata: { port: 7 } })
    const entry = program(
      `process.on('SIGTERM', () => process.exit(3)); console.log('starting'); console.log('${line}'); setInterval(() => {}, 1e6)`,
    )
    const service = await startService({ entry, env: {} })
    expect(service.listening).toEqual({ port: 7 })
    expect(service.lines).toEqual(['starting', line])
    expect(await service.stop()).toBe(3)
  })

  it('fails with the last lines of a service that ends or never listens', async () => {
    const ends = program(`console.error('PEGEL_X is missing'); process.exit(2)`)
    await expect(startService({ entry: ends, env: {} })).rejects.toThrow(/exited with 2[^]*PEGEL_X is missing/)
    const waits = program(`setInterval(() => {}, 1e6)`)
    await expect(startService({ entry: waits, env: {}, startDeadlineMs: 300 })).rejects.toThrow(
      'did not listen within 300 ms',
    )
  })
})
