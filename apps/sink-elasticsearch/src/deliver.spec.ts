import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { TinyServer } from '../test/tiny-server.ts'
import { deliver } from './deliver.ts'
import type { Delivery } from './deliver.ts'
import type { PackedDocument } from './document-packer.ts'

const TIME = '2026-01-01T00:00:00.000000000Z'

function documentOf(names: readonly string[], extras: Partial<PackedDocument> = {}): PackedDocument {
  const points = names.map((name, point) => ({ point, name, json: `"metrics.${name}":1`, template: undefined }))
  return { record: 0, dimensions: '"tenant":"acme"', time: TIME, start: '', points, ...extras }
}

const labelled = (label: string, names: readonly string[]): PackedDocument =>
  documentOf(names, { dimensions: `"tenant":"acme","attributes.k":"${label}"` })

const LIMITS = { maxDocuments: 100, maxBytes: 1_000_000 }

/** `kind:point`s of each document; undefined where it is to be tried again. */
function summary({ fates }: Delivery): (string[] | undefined)[] {
  return fates.map((parts) => parts?.flatMap(({ kind, points }) => points.map((point) => `${kind}:${point}`)).sort())
}

describe('deliver', () => {
  it('sends nothing when there is nothing', async () => {
    const server = new TinyServer()
    expect(await deliver([], { send: server.send, ...LIMITS })).toEqual({ fates: [], halt: undefined })
    expect(server.requests).toEqual([])
  })

  it('cuts requests by documents and by bytes', async () => {
    const documents = ['a', 'b', 'c'].map((label) => labelled(label, ['x']))
    const byCount = new TinyServer()
    await deliver(documents, { send: byCount.send, ...LIMITS, maxDocuments: 2 })
    expect(byCount.requests.map((request) => request.documents)).toEqual([2, 1])
    const byBytes = new TinyServer()
    await deliver(documents, { send: byBytes.send, ...LIMITS, maxBytes: 1 })
    expect(byBytes.requests.map((request) => request.documents)).toEqual([1, 1, 1])
  })

  it('says what is there already, and hides no other metrics behind it', async () => {
    const server = new TinyServer()
    await deliver([documentOf(['x', 'y'])], { send: server.send, ...LIMITS })
    const again = await deliver([documentOf(['x', 'y']), documentOf(['z']), documentOf(['x'])], {
      send: server.send,
      ...LIMITS,
    })
    expect(summary(again)).toEqual([['present:0', 'present:1'], ['stored:0'], ['stored:0']])
  })

  it('sends what is too old to the late index, where it is known again', async () => {
    const server = new TinyServer()
    server.start = '2026'
    const old = documentOf(['x'], { time: '2020-01-01T00:00:00.000000000Z' })
    expect(summary(await deliver([old, documentOf(['x'])], { send: server.send, ...LIMITS }))).toEqual([
      ['stored:0'],
      ['stored:0'],
    ])
    expect(server.requests.map(({ target }) => target)).toEqual(['stream', 'late'])
    expect(summary(await deliver([old], { send: server.send, ...LIMITS }))).toEqual([['present:0']])
  })

  it('refuses a time that not even the late index takes', async () => {
    const server = new TinyServer()
    server.override = () => ({ kind: 'items', items: [{ kind: 'late' }] })
    const { fates } = await deliver([documentOf(['x'])], { send: server.send, ...LIMITS })
    expect(fates[0]).toMatchObject([{ kind: 'rejected', reason: 'timestamp_refused' }])
  })

  it('does not halve a document whose labels are refused', async () => {
    const server = new TinyServer()
    const refused = { kind: 'refused', reason: 'label_refused', message: 'm', splittable: false } as const
    server.override = () => ({ kind: 'items', items: [refused] })
    const delivery = await deliver([documentOf(['x', 'y'])], { send: server.send, ...LIMITS })
    expect(summary(delivery)).toEqual([['rejected:0', 'rejected:1']])
    expect(server.requests).toHaveLength(1)
  })

  it('makes requests smaller until they are taken, and books a document that is too large alone', async () => {
    const server = new TinyServer()
    const documents = ['a', 'b', 'c', 'd'].map((label) => labelled(label, ['x']))
    server.override = (request) => (request < 2 ? { kind: 'too_large' } : undefined)
    expect(summary(await deliver(documents, { send: server.send, ...LIMITS }))).toEqual(Array(4).fill(['stored:0']))
    expect(server.requests.map((request) => request.documents)).toEqual([4, 2, 1, 1, 1, 1])
    server.override = () => ({ kind: 'too_large' })
    const { fates } = await deliver([documentOf(['x'])], { send: server.send, ...LIMITS })
    expect(fates[0]).toMatchObject([{ kind: 'rejected', reason: 'too_large' }])
  })

  it.each(['retry', 'denied'] as const)('stops at a request that ends in %s and keeps what it knows', async (kind) => {
    const server = new TinyServer()
    server.override = (request) => (request === 1 ? { kind, afterMs: 5, message: 'm' } : undefined)
    const documents = ['a', 'b', 'c'].map((label) => labelled(label, ['x']))
    const delivery = await deliver(documents, { send: server.send, ...LIMITS, maxDocuments: 1 })
    expect(summary(delivery)).toEqual([['stored:0'], undefined, undefined])
    expect(delivery.halt?.cause).toBe(kind)
    expect(server.requests).toHaveLength(2)
  })

  it.each([
    [404, 'missing'],
    [403, 'denied'],
    [429, 'retry'],
    [503, 'retry'],
  ])('tries again only what was answered with %d', async (status, cause) => {
    const server = new TinyServer()
    server.itemStatus = (source) => (source['attributes.k'] === 'b' ? status : undefined)
    const documents = ['a', 'b', 'c'].map((label) => labelled(label, ['x']))
    const delivery = await deliver(documents, { send: server.send, ...LIMITS })
    expect(summary(delivery)).toEqual([['stored:0'], undefined, ['stored:0']])
    expect(delivery.halt?.cause).toBe(cause)
  })

  it('tells of a refusal to write rather than of an overload', async () => {
    const server = new TinyServer()
    server.itemStatus = (source) => (source['attributes.k'] === 'b' ? 403 : 429)
    const documents = ['a', 'b'].map((label) => labelled(label, ['x']))
    expect((await deliver(documents, { send: server.send, ...LIMITS })).halt?.cause).toBe('denied')
  })

  it('tries a document again whole when a part of it has to be', async () => {
    const server = new TinyServer()
    server.refusedMetrics.add('metrics.b')
    server.override = (request) => (request === 2 ? { kind: 'retry', afterMs: undefined, message: 'm' } : undefined)
    const document = documentOf(['a', 'b', 'c', 'd'])
    expect(summary(await deliver([document], { send: server.send, ...LIMITS }))).toEqual([undefined])
    server.override = () => undefined
    const again = await deliver([document], { send: server.send, ...LIMITS })
    expect(summary(again)).toEqual([['present:2', 'present:3', 'rejected:1', 'stored:0']])
    expect([...server.stored.values()].flat().sort()).toEqual(['metrics.a', 'metrics.c', 'metrics.d'])
  })

  it('rejects exactly the refused metrics, and a crash at any request changes nothing of what ends up stored', async () => {
    const letters = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']
    await fc.assert(
      fc.asyncProperty(fc.subarray(letters), fc.subarray(letters), fc.nat(8), async (names, refused, crashAt) => {
        fc.pre(names.length > 0)
        const server = new TinyServer()
        server.refusedMetrics = new Set(refused.map((name) => `metrics.${name}`))
        const crash = (_: unknown, body: Buffer, count: number): ReturnType<TinyServer['send']> =>
          server.requests.length === crashAt ? Promise.reject(new Error('killed')) : server.send('stream', body, count)
        await deliver([documentOf(names)], { send: crash, ...LIMITS }).catch(() => undefined)
        const delivery = await deliver([documentOf(names)], { send: server.send, ...LIMITS })
        const rejected =
          delivery.fates[0]?.filter(({ kind }) => kind === 'rejected').flatMap(({ points }) => points) ?? []
        expect(rejected.map((point) => names[point]).sort()).toEqual(names.filter((name) => refused.includes(name)))
        const stored = [...server.stored.values()].flat().sort()
        expect(stored).toEqual(names.filter((name) => !refused.includes(name)).map((name) => `metrics.${name}`))
      }),
    )
  })
})
