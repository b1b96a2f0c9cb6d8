import { describe, expect, it } from '@jest/globals'
import { Turns } from './turns.ts'

const patient = { waitMs: 60_000, late: () => new Error('late') }

/** Work that ends when it is told to. */
function bench(turns: Turns) {
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const bring = (tenant: string, name: string): Promise<void> =>
    turns.during(tenant, () => {
      begun.push(name)
      return new Promise((resolve) => ends.set(name, resolve))
    })
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
  return { begun, bring, settle, end: (name: string) => ends.get(name)?.() }
}

describe('Turns', () => {
  it('does so much at a time, and so much of one tenant', async () => {
    const { begun, bring, settle, end } = bench(new Turns({ ...patient, atMost: 3, each: 2 }))
    const all = [bring('a', 'a1'), bring('a', 'a2'), bring('a', 'a3'), bring('b', 'b1'), bring('c', 'c1')]
    await settle()
    expect(begun).toEqual(['a1', 'a2', 'b1'])
    end('b1')
    await settle()
    expect(begun).toEqual(['a1', 'a2', 'b1', 'c1'])
    end('a1')
    await settle()
    expect(begun.at(-1)).toBe('a3')
    for (const name of ['a2', 'a3', 'c1']) end(name)
    await Promise.all(all)
  })

  it('lets tenants come in turns, however much one has brought', async () => {
    const { begun, bring, settle, end } = bench(new Turns({ ...patient, atMost: 1, each: 1 }))
    const all = ['a1', 'a2', 'a3', 'b1', 'b2'].map((name) => bring(name.slice(0, 1), name))
    for (let left = all.length; left > 0; left--) {
      await settle()
      end(begun.at(-1) ?? '')
    }
    await Promise.all(all)
    // a1 began when there was nobody else.
    expect(begun).toEqual(['a1', 'a2', 'b1', 'a3', 'b2'])
  })

  it('goes on after work that failed, and forgets who has none', async () => {
    const turns = new Turns({ ...patient, atMost: 1, each: 1 })
    const failing = turns.during('a', () => Promise.reject(new Error('lost')))
    const next = turns.during('b', () => Promise.resolve('done'))
    await expect(failing).rejects.toThrow('lost')
    expect(await next).toBe('done')
  })

  it('gives up what has waited too long, which has not begun and never does, and goes on with the others', async () => {
    const late = (tenant: string): Error => new Error(`${tenant} is late`)
    const { begun, bring, settle, end } = bench(new Turns({ atMost: 1, each: 1, waitMs: 20, late }))
    const running = bring('a', 'a1')
    await Promise.all(
      ['a2', 'b1'].map((name) => expect(bring(name.slice(0, 1), name)).rejects.toThrow(`${name.slice(0, 1)} is late`)),
    )
    end('a1')
    await running
    const next = bring('b', 'b2')
    await settle()
    expect(begun).toEqual(['a1', 'b2'])
    end('b2')
    await next
  })
})
