import { describe, expect, it } from '@jest/globals'
import { fakeTenants, tenantConfig } from '@pegel/testing'
import type { FakeTenants } from '@pegel/testing'
import type { TenantConfig } from '@pegel/tenancy'
import { quiet, settle } from '../test/sink-fixtures.ts'
import { TenantPreparer } from './tenant-preparer.ts'

interface Setup {
  readonly preparer: TenantPreparer
  readonly prepared: string[]
  readonly warnings: unknown[]
}

function setup(tenants: FakeTenants, prepare?: (config: TenantConfig, signal: AbortSignal) => Promise<void>): Setup {
  const prepared: string[] = []
  const warnings: unknown[] = []
  const record = (config: TenantConfig, signal: AbortSignal): Promise<void> => {
    prepared.push(`${config.tenant}@${config.version}`)
    return prepare?.(config, signal) ?? Promise.resolve()
  }
  const log = { ...quiet, warn: (_message: string, fields: unknown) => warnings.push(fields) }
  const preparer = new TenantPreparer({ sink: { prepare: record }, sinkName: 'influxdb', tenants, timeoutMs: 50, log })
  return { preparer, prepared, warnings }
}

describe('TenantPreparer', () => {
  it('prepares known tenants and new versions ahead of their writes, once', async () => {
    const tenants = fakeTenants([tenantConfig('a'), tenantConfig('elsewhere', { sinks: ['prometheus'] })])
    const { preparer, prepared } = setup(tenants)
    preparer.start()
    tenants.put(tenantConfig('a', { version: 2 }))
    await settle()
    await preparer.ensure(tenantConfig('a', { version: 2 }))
    await preparer.ensure(tenantConfig('a', { version: 2 }))
    expect(prepared).toEqual(['a@1', 'a@2'])
  })

  it('does not take one version for another', async () => {
    const { preparer, prepared } = setup(fakeTenants())
    await preparer.ensure(tenantConfig('a', { version: 2 }))
    await preparer.ensure(tenantConfig('a', { version: 1 }))
    expect(prepared).toEqual(['a@2', 'a@1'])
  })

  it('fails the write that needs it, and tries again with the next', async () => {
    let down = true
    const { preparer, prepared, warnings } = setup(fakeTenants([tenantConfig('a')]), () =>
      down ? Promise.reject(new Error('no quota')) : Promise.resolve(),
    )
    preparer.start()
    await expect(preparer.ensure(tenantConfig('a'))).rejects.toThrow('no quota')
    await settle()
    expect(warnings).toEqual([{ tenant_id: 'a', problem: 'no quota' }])
    down = false
    await preparer.ensure(tenantConfig('a'))
    expect(prepared).toEqual(['a@1', 'a@1'])
  })

  it('forgets a deleted tenant: a new one of its name is prepared again', async () => {
    const tenants = fakeTenants([tenantConfig('a')])
    const { preparer, prepared } = setup(tenants)
    preparer.start()
    await settle()
    tenants.remove('a')
    tenants.put(tenantConfig('a'))
    await settle()
    expect(prepared).toEqual(['a@1', 'a@1'])
  })

  it('gives up what never answers', async () => {
    const { preparer } = setup(fakeTenants(), () => new Promise(() => undefined))
    await expect(preparer.ensure(tenantConfig('a'))).rejects.toThrow('within 50 ms')
  })

  it('closed, stops what is under way and listens no more', async () => {
    const tenants = fakeTenants()
    const { preparer, prepared } = setup(tenants, () => new Promise(() => undefined))
    preparer.start()
    const waiting = preparer.ensure(tenantConfig('a'))
    preparer.close()
    await expect(waiting).rejects.toThrow('the sink stops')
    tenants.put(tenantConfig('b'))
    expect(prepared).toEqual(['a@1'])
  })

  it('costs nothing where a sink needs no preparation', async () => {
    const tenants = fakeTenants([tenantConfig('a')])
    const preparer = new TenantPreparer({ sink: {}, sinkName: 'prometheus', tenants, timeoutMs: 50, log: quiet })
    preparer.start()
    await preparer.ensure(tenantConfig('a'))
    preparer.close()
  })
})
