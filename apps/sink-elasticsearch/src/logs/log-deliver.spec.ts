import { describe, expect, it } from '@jest/globals'
import type { ItemVerdict, Verdict } from '../classify.ts'
import { deliverLogs } from './log-deliver.ts'
import type { LogDocument } from './log-documents.ts'

const stored: ItemVerdict = { kind: 'stored' }
const conflict: ItemVerdict = { kind: 'refused', reason: 'mapping_conflict', message: 'no', splittable: true }
const badTime: ItemVerdict = { kind: 'refused', reason: 'timestamp_refused', message: 'no', splittable: false }

const documentsOf = (count: number): LogDocument[] =>
  Array.from({ length: count }, (_, point) => ({
    ...{ record: 0, point, form: 'full' as const },
    lines: Buffer.from(`f${point} `),
  }))

/** Sends by what a server would say to each document, named f<point> or p<point> for its plain form. */
async function deliver(
  count: number,
  answer: (names: readonly string[], request: number) => Verdict | readonly ItemVerdict[],
  limits: Partial<{ maxDocuments: number; maxBytes: number }> = {},
) {
  const requests: (readonly string[])[] = []
  const delivery = await deliverLogs(documentsOf(count), {
    ...{ maxDocuments: 100, maxBytes: 1000, ...limits },
    plainOf: (document) => ({ ...document, form: 'plain', lines: Buffer.from(`p${document.point} `) }),
    send: (body) => {
      const names = body.toString().trim().split(' ')
      requests.push(names)
      const said = answer(names, requests.length)
      return Promise.resolve('kind' in said ? said : { kind: 'items', items: said })
    },
  })
  return { requests, halt: delivery.halt, kinds: delivery.fates.map(({ kind }) => kind), fates: delivery.fates }
}

describe('deliverLogs', () => {
  it('keeps to the bounds of a request, and sends a document that passes them alone', async () => {
    const all = (names: readonly string[]): ItemVerdict[] => names.map(() => stored)
    expect((await deliver(5, all, { maxDocuments: 2 })).requests).toEqual([['f0', 'f1'], ['f2', 'f3'], ['f4']])
    expect((await deliver(3, all, { maxBytes: 7 })).requests).toEqual([['f0', 'f1'], ['f2']])
    expect((await deliver(2, all, { maxBytes: 1 })).requests).toEqual([['f0'], ['f1']])
    expect((await deliver(0, all)).requests).toEqual([])
  })

  it('tries what the mapping refuses once more in its plain form, and no more', async () => {
    const { requests, kinds, fates } = await deliver(4, (names) =>
      names.map((name) => (name === 'f1' || name.endsWith('2') ? conflict : stored)),
    )
    expect(requests).toEqual([
      ['f0', 'f1', 'f2', 'f3'],
      ['p1', 'p2'],
    ])
    expect(kinds).toEqual(['stored', 'stored', 'rejected', 'stored'])
    expect(fates[2]).toEqual({ kind: 'rejected', reason: 'mapping_conflict', message: 'no' })
  })

  it('does not try a time again that Elasticsearch cannot hold', async () => {
    const { requests, kinds } = await deliver(2, () => [badTime, { kind: 'present' }])
    expect(requests).toHaveLength(1)
    expect(kinds).toEqual(['rejected', 'present'])
  })

  it('halves requests that are too large, until one document is', async () => {
    const tooLarge: Verdict = { kind: 'too_large' }
    const { kinds, fates } = await deliver(5, (names) => (names.includes('f3') ? tooLarge : names.map(() => stored)))
    expect(kinds).toEqual(['stored', 'stored', 'stored', 'rejected', 'stored'])
    expect(fates[3]).toMatchObject({ reason: 'too_large' })
  })

  it.each([
    ['retry', { kind: 'retry', message: 'busy', afterMs: 3000 }, { cause: 'retry', afterMs: 3000 }],
    ['denied', { kind: 'denied', message: 'no' }, { cause: 'denied', afterMs: undefined }],
  ] as const)('stops at an answer of %s, and keeps what is known', async (_name, answer, halt) => {
    const delivery = await deliver(4, (_names, request) => (request === 1 ? [stored, stored] : answer), {
      maxDocuments: 2,
    })
    expect(delivery).toMatchObject({ halt, kinds: ['stored', 'stored', 'again', 'again'] })
    expect(delivery.requests).toHaveLength(2)
  })

  it.each([
    ['retry', 'retry'],
    ['late', 'retry'],
    ['missing', 'missing'],
    ['denied', 'denied'],
  ] as const)('stops at a document that is answered %s, whatever else was said', async (kind, cause) => {
    const one = { kind, message: '' } as ItemVerdict
    const delivery = await deliver(4, () => [stored, one, conflict], { maxDocuments: 3 })
    expect(delivery).toMatchObject({ halt: { cause }, kinds: ['stored', 'again', 'again', 'again'] })
    expect(delivery.requests).toHaveLength(1)
  })
})
