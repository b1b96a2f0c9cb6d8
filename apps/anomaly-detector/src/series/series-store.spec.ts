import { describe, expect, it } from '@jest/globals'
import { identityNamed } from '../../test/support/states.ts'
import { SeriesStore } from './series-store.ts'
import type { OpenRequest } from './series-store.ts'

function storeOf(maxSeries: number): {
  store: SeriesStore
  evicted: string[]
  open: (name: string, over?: Partial<OpenRequest> & { tenant?: string }) => string
} {
  const evicted: string[] = []
  const store = new SeriesStore({ maxSeries, onEvicted: ({ identity }) => evicted.push(identity.metric) })
  return {
    store,
    evicted,
    open(name, { tenant, ...over } = {}) {
      const identity = identityNamed(name, tenant)
      const opened = store.open({ identity, partition: 0, offset: 9, appendMs: 1000, maxSeries: 100, ...over })
      return 'refused' in opened ? opened.refused : opened.state.identity.metric
    },
  }
}

describe('SeriesStore', () => {
  it('gives the same state again, standing before the record that brought it', () => {
    const { store } = storeOf(10)
    const request = { identity: identityNamed('a'), partition: 2, offset: 9, appendMs: 1, maxSeries: 10 }
    const first = store.open(request)
    expect(first).toMatchObject({ state: { offset: 8, partition: 2 } })
    expect(store.open({ ...request, offset: 10 })).toEqual(first)
    expect(store.size).toBe(1)
  })

  it('refuses another series of the same fingerprint', () => {
    const { store, open } = storeOf(10)
    open('a')
    expect(open('a', { identity: { ...identityNamed('a'), digest: 'other' } })).toBe('collision')
    expect(store.find({ ...identityNamed('a'), digest: 'other' })).toBeUndefined()
  })

  it('forgets what was not seen for longest, of the tenant that holds most', () => {
    const { evicted, open } = storeOf(4)
    open('lonely', { tenant: 'beta' })
    for (const name of ['a', 'b', 'c', 'a']) open(name)
    expect(open('d')).toBe('d')
    expect(evicted).toEqual(['b'])
    open('other', { tenant: 'gamma' })
    expect(evicted).toEqual(['b', 'c'])
  })

  it('never forgets the one that just came, even when there is room for one only', () => {
    const { store, evicted, open } = storeOf(1)
    open('a', { tenant: 'acme' })
    open('b', { tenant: 'beta' })
    expect(evicted).toEqual(['a'])
    expect([store.size, store.sizeOf('beta')]).toEqual([1, 1])
  })

  it('at a tenant’s limit takes the place of an idle series, or refuses', () => {
    const { evicted, open } = storeOf(100)
    open('a', { maxSeries: 2, appendMs: 0 })
    open('b', { maxSeries: 2, appendMs: 500_000 })
    expect(open('c', { maxSeries: 2, appendMs: 599_999 })).toBe('tenant_limit')
    // It looks again only after a minute.
    expect(open('c', { maxSeries: 2, appendMs: 610_000 })).toBe('tenant_limit')
    expect(open('c', { maxSeries: 2, appendMs: 660_000 })).toBe('c')
    expect(evicted).toEqual(['a'])
  })

  it('watches nothing of a tenant that may have nothing', () => {
    expect(storeOf(10).open('a', { maxSeries: 0 })).toBe('tenant_limit')
  })

  it('what is removed or closed is dead', () => {
    const { store, open } = storeOf(10)
    open('a')
    open('b')
    const [a, b] = [...store.states('acme')]
    if (a === undefined || b === undefined) throw new Error('not there')
    store.remove(a)
    store.remove(a)
    expect([a.dead, b.dead, store.size]).toEqual([true, false, 1])
    store.close()
    expect([b.dead, store.size]).toEqual([true, 0])
  })
})
