import { beforeEach, describe, expect, it } from '@jest/globals'
import { hashKey } from './keys.ts'
import { createMemoryDirectory } from './memory-directory.ts'
import type { MemoryDirectory } from './memory-directory.ts'
import { SETTLE_MS } from './version-history.ts'

const DAY_MS = 86_400_000
const T0 = 1_000 * DAY_MS

function yaml(tenant: string, ...keys: string[]): string {
  const credentials = keys.map((key, index) => `{ id: k${index}, sha256: ${hashKey(key)} }`)
  return `tenant: ${tenant}\ncredentials: [${credentials.join(', ')}]\n`
}

describe('createMemoryDirectory', () => {
  let directory: MemoryDirectory

  beforeEach(() => {
    directory = createMemoryDirectory()
  })

  function publish(
    version: number,
    over: { tenant?: string; keys?: string[]; deleted?: boolean; at?: number; yaml?: string } = {},
  ) {
    const { tenant = 'acme', keys = [], deleted = false, at = T0 + version } = over
    return directory.apply({ tenant, version, deleted, yaml: over.yaml ?? yaml(tenant, ...keys), appliedAtMs: 0 }, at)
  }

  it('knows nothing of a tenant that was never published', () => {
    expect(directory.current('acme')).toEqual({ status: 'unknown' })
    expect(directory.asOf('acme', T0)).toEqual({ status: 'unknown' })
    expect(directory.at('acme', 1)).toEqual({ status: 'behind' })
    expect(directory.authenticate('x')).toBeUndefined()
  })

  it('knows that there is no such version once all has been read that there was when it was asked', () => {
    let questions = 0
    const directory = createMemoryDirectory({ onMissed: () => (questions += 1) })
    expect(directory.at('acme', 1)).toEqual({ status: 'behind' })
    expect(directory.at('acme', 1)).toEqual({ status: 'behind' })
    expect(questions).toBe(1)
    directory.missed.beginLook()()
    expect(directory.at('acme', 1)).toEqual({ status: 'unknown' })
    directory.applyUnreadable('acme', 2)
    expect(directory.at('acme', 2)).toEqual({ status: 'behind' })
    directory.missed.beginLook()()
    // It is there, and a newer program can read it.
    expect(directory.at('acme', 2)).toEqual({ status: 'behind' })
  })

  it('keeps versions, says when it is behind, and takes the highest for the current one whatever the order', () => {
    expect(publish(2).status).toBe('current')
    expect(publish(1).status).toBe('older')
    expect(directory.current('acme')).toMatchObject({ status: 'active', config: { version: 2 } })
    expect(directory.at('acme', 1)).toMatchObject({ status: 'active', config: { version: 1 } })
    expect(directory.at('acme', 3)).toEqual({ status: 'behind' })
    expect(directory.all().map((config) => config.version)).toEqual([2])
  })

  it('answers deleted for every version once a tenant is deleted, except when asked for exactly that one', () => {
    publish(1)
    publish(2, { deleted: true })
    expect(directory.current('acme')).toEqual({ status: 'deleted' })
    expect(directory.at('acme', 1)).toEqual({ status: 'deleted' })
    expect(directory.exact('acme', 1)).toMatchObject({ status: 'active', config: { version: 1 } })
    expect(directory.exact('acme', 2)).toEqual({ status: 'deleted' })
    expect(directory.all()).toEqual([])
    publish(3)
    expect(directory.at('acme', 1)).toMatchObject({ status: 'active', config: { version: 1 } })
  })

  it('forgets by tombstone, but never the current version', () => {
    publish(1)
    publish(2)
    directory.forget('acme', 1)
    directory.forget('acme', 2)
    directory.forget('other', 1)
    expect(directory.exact('acme', 1)).toEqual({ status: 'unknown' })
    expect(directory.current('acme')).toMatchObject({ config: { version: 2 } })
  })

  it('drops versions that were superseded longer ago than any record can name', () => {
    publish(1, { at: T0 })
    publish(2, { at: T0 + DAY_MS })
    publish(3, { at: T0 + 20 * DAY_MS })
    expect(directory.exact('acme', 1)).toEqual({ status: 'unknown' })
    expect(directory.exact('acme', 2)).toMatchObject({ status: 'active' })
    publish(4, { at: T0 + 29 * DAY_MS })
    expect(directory.exact('acme', 2)).toEqual({ status: 'unknown' })
  })

  it('has a version in force by time only once everybody must have read it', () => {
    publish(1, { at: T0 })
    publish(2, { at: T0 + 60_000 })
    const at = (timeMs: number): unknown => directory.asOf('acme', timeMs)
    expect(at(T0 - 1)).toEqual({ status: 'unknown' })
    expect(at(T0)).toMatchObject({ config: { version: 1 } })
    expect(at(T0 + 60_000 + SETTLE_MS - 1)).toMatchObject({ config: { version: 1 } })
    expect(at(T0 + 60_000 + SETTLE_MS)).toMatchObject({ config: { version: 2 } })
    publish(3, { at: T0 + 120_000, deleted: true })
    expect(at(T0 + 130_000)).toEqual({ status: 'deleted' })
  })

  it('makes batches of an unreadable version wait and keeps the one before current', () => {
    publish(1)
    expect(publish(2, { yaml: 'tenant: [' })).toMatchObject({ status: 'unreadable' })
    expect(directory.current('acme')).toMatchObject({ config: { version: 1 } })
    expect(directory.at('acme', 2)).toEqual({ status: 'behind' })
    directory.applyUnreadable('acme', 3)
    publish(4)
    expect(directory.at('acme', 3)).toEqual({ status: 'behind' })
    publish(2)
    expect(directory.at('acme', 2)).toMatchObject({ status: 'active' })
  })

  it('authenticates by key, over all tenants that have it, and forgets a revoked one at once', () => {
    publish(1, { tenant: 'beta', keys: ['shared'] })
    publish(1, { tenant: 'acme', keys: ['own', 'shared'] })
    expect(directory.authenticate('own')).toEqual({ credentialId: 'k0', tenants: ['acme'] })
    expect(directory.authenticate('shared')).toEqual({ credentialId: 'k1', tenants: ['acme', 'beta'] })
    publish(2, { tenant: 'acme', keys: ['own'] })
    expect(directory.authenticate('shared')).toEqual({ credentialId: 'k0', tenants: ['beta'] })
    publish(2, { tenant: 'beta', deleted: true })
    expect(directory.authenticate('shared')).toBeUndefined()
    expect(directory.authenticate(hashKey('own'))).toBeUndefined()
  })

  it('tells listeners of what becomes current, until they leave', () => {
    const heard: unknown[] = []
    const leave = directory.onChange((tenant, config) => heard.push([tenant, config?.version]))
    publish(2)
    publish(1)
    publish(3, { deleted: true })
    leave()
    publish(4)
    expect(heard).toEqual([
      ['acme', 2],
      ['acme', undefined],
    ])
  })

  it('is ready when told', () => {
    expect(directory.ready).toBe(false)
    directory.markReady()
    expect(directory.ready).toBe(true)
  })
})
