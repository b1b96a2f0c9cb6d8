import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { Verdict } from './classify.ts'
import { deliver } from './deliver.ts'
import type { Halt } from './deliver.ts'
import { LineSheet } from './line-sheet.ts'

interface Run {
  readonly halt: Halt | undefined
  readonly delivered: number[]
  readonly rejected: [line: number, reason: string][]
  readonly retry: number[]
  readonly requests: string[][]
}

/** Of every line. */
const TIME = ' 1000000'

/** Lines `0`, `1`, … and a server in a few words. */
async function run(
  lines: number,
  answer: (lines: readonly string[], request: number) => Verdict,
  limits: { maxLines?: number; maxBytes?: number; maxRequests?: number } = {},
): Promise<Run> {
  const sheet = new LineSheet()
  sheet.setTime(1, 0)
  for (let line = 0; line < lines; line += 1) sheet.addText(`${line}`, 0, line)
  const booked: Run = { halt: undefined, delivered: [], rejected: [], retry: [], requests: [] }
  const halt = await deliver({
    sheet,
    timeNs: (line) => BigInt(line % 10),
    send: (lines) => {
      const sent = sheet.gather(lines).toString().replaceAll(TIME, '').split('\n').slice(0, -1)
      booked.requests.push(sent)
      return Promise.resolve(answer(sent, booked.requests.length - 1))
    },
    booking: {
      delivered: (line) => booked.delivered.push(line),
      rejected: (line, reason) => booked.rejected.push([line, reason]),
      retry: (line) => booked.retry.push(line),
    },
    maxLines: 1000,
    maxBytes: 1_000_000,
    maxRequests: 1000,
    ...limits,
  })
  return { ...booked, halt }
}

const WRITTEN: Verdict = { kind: 'written' }
const refusal = (dropped?: number): Verdict => ({
  kind: 'refused',
  dropped,
  reason: 'field_type_conflict',
  message: 'm',
})

describe('deliver', () => {
  it('sends nothing when there is nothing', async () => {
    expect((await run(0, () => WRITTEN)).requests).toEqual([])
  })

  it('cuts requests by lines and by bytes, in order', async () => {
    expect((await run(5, () => WRITTEN, { maxLines: 2 })).requests).toEqual([['0', '1'], ['2', '3'], ['4']])
    expect((await run(4, () => WRITTEN, { maxBytes: 20 })).requests).toEqual([
      ['0', '1'],
      ['2', '3'],
    ])
    expect((await run(2, () => WRITTEN, { maxBytes: 1 })).requests).toEqual([['0'], ['1']])
  })

  it('takes the oldest as refused when points are too old, and the others as stored', async () => {
    const { rejected, delivered, requests } = await run(12, () => ({ kind: 'too_old', dropped: 3, message: 'm' }))
    expect(rejected.map(([line]) => line)).toEqual([0, 1, 10])
    expect(rejected[0]?.[1]).toBe('beyond_retention')
    expect(delivered).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 11])
    expect(requests).toHaveLength(1)
  })

  it('sends the rest again, once, when some lines are not readable', async () => {
    const { rejected, delivered, requests } = await run(5, (sent) => {
      const bad = sent.filter((line) => line === '1' || line === '3')
      return bad.length === 0 ? WRITTEN : { kind: 'unparseable', lines: bad.map((line) => line + TIME), message: 'm' }
    })
    expect(rejected).toEqual([
      [1, 'line_unparseable'],
      [3, 'line_unparseable'],
    ])
    expect(delivered).toEqual([0, 2, 4])
    expect(requests).toHaveLength(2)
  })

  it('halves when a quoted line is none of those it sent', async () => {
    const { rejected, delivered } = await run(3, (sent) =>
      sent.includes('2') ? { kind: 'unparseable', lines: ['cut off'], message: 'm' } : WRITTEN,
    )
    expect(rejected).toEqual([[2, 'line_unparseable']])
    expect(delivered).toEqual([0, 1])
  })

  it('does not halve what is refused whole', async () => {
    const { rejected, requests } = await run(64, (sent) => refusal(sent.length))
    expect(rejected).toHaveLength(64)
    expect(requests).toHaveLength(1)
  })

  it('books a single line that is too large', async () => {
    const { rejected, delivered } = await run(4, (sent) => (sent.includes('2') ? { kind: 'too_large' } : WRITTEN))
    expect(rejected).toEqual([[2, 'too_large']])
    expect(delivered).toEqual([0, 1, 3])
  })

  it.each([
    { kind: 'retry', afterMs: 5000, message: 'm' },
    { kind: 'denied', message: 'm' },
    { kind: 'missing', message: 'm' },
  ] as const)('stops at $kind and keeps what it knows', async (verdict) => {
    const { halt, delivered, retry, requests } = await run(6, (_, request) => (request === 1 ? verdict : WRITTEN), {
      maxLines: 2,
    })
    expect(halt).toBe(verdict)
    expect(delivered).toEqual([0, 1])
    expect(retry.sort()).toEqual([2, 3, 4, 5])
    expect(requests).toHaveLength(2)
  })

  it('gives up after so many requests, and what it settled stays settled', async () => {
    const { halt, delivered, rejected, retry } = await run(64, (sent) => (sent.length > 1 ? refusal() : WRITTEN), {
      maxRequests: 20,
    })
    expect(halt?.kind).toBe('retry')
    expect(delivered.length).toBeGreaterThan(0)
    expect([...delivered, ...rejected, ...retry]).toHaveLength(64)
  })

  it('finds exactly the refused lines whatever shard answers first, and books every line once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 40 }), fc.boolean(), async (bad, counts) => {
        // Lines by turns in two shards; the answer tells of one shard only, as InfluxDB's does.
        const { rejected, delivered, retry } = await run(bad.length, (sent) => {
          const refused = sent.map(Number).filter((line) => bad[line] === true)
          const first = refused.filter((line) => line % 2 === (refused[0] ?? 0) % 2)
          return refused.length === 0 ? WRITTEN : refusal(counts ? first.length : undefined)
        })
        const expected = bad.flatMap((is, line) => (is ? [line] : []))
        expect(rejected.map(([line]) => line).sort((a, b) => a - b)).toEqual(expected)
        expect([...delivered, ...expected].sort((a, b) => a - b)).toEqual(bad.map((_, line) => line))
        expect(retry).toEqual([])
      }),
    )
  })
})
