import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { LineSheet } from '../line-sheet.ts'
import { LineGzip } from './line-gzip.ts'
import { LineHead } from './line-head.ts'
import { createPacker } from './packer.ts'

const AT = 1_767_225_600_123

function allOf(sheet: LineSheet): number[] {
  return Array.from({ length: sheet.length }, (_, line) => line)
}

/** Packs some lines and checks that they come out again. @returns how many bytes it took */
function packed(gzip: LineGzip, sheet: LineSheet, lines = allOf(sheet)): number {
  const body = gzip.pack(sheet, lines)
  const raw = lines.length === 0 ? Buffer.alloc(0) : sheet.gather(lines)
  if (!gunzipSync(body).equals(raw)) throw new Error('other lines came out than went in')
  return body.length
}

function headsOf(series: number, extra = ''): LineHead[] {
  return Array.from(
    { length: series },
    (_, index) =>
      new LineHead(
        `http.server.request.duration.${index >> 4},host=host-${index % 10}.example.internal,http.request.method=${['GET', 'POST'][index % 2] ?? ''},` +
          `http.response.status_code=20${index % 5},http.route=/api/v1/resource/${index},service.name=shop${extra},tenant=acme counter=`,
      ),
  )
}

describe('LineGzip', () => {
  it('packs no line at all', () => {
    expect(packed(new LineGzip(), new LineSheet())).toBeGreaterThan(18)
  })

  it('takes less than a tenth for lines with the tags of those before, and of 17 digits that are new', () => {
    const sheet = new LineSheet()
    const heads = headsOf(1000)
    for (const [scrape, head] of [0, 1, 2].flatMap((count) => heads.map((each) => [count, each] as const))) {
      sheet.setTime(AT + scrape * 10_000, 0)
      sheet.addNumber(head, Math.sin(sheet.length) * 100, 0, 0)
    }
    const raw = sheet.gather(allOf(sheet)).length
    const gzip = new LineGzip()
    expect(packed(gzip, sheet)).toBeLessThan(raw * 0.14)
    expect(packed(gzip, sheet)).toBeLessThan(raw * 0.14)
  })

  it('packs a head that comes again, one behind others than before, and one of another sheet', () => {
    const gzip = new LineGzip()
    const heads = headsOf(20)
    for (const order of [1, 3, 7, 9]) {
      const sheet = new LineSheet()
      for (let line = 0; line < 200; line += 1) {
        const head = heads[(line * order) % 20] ?? heads[0]
        if (head === undefined) continue
        sheet.setTime(AT + line, line)
        for (let again = 0; again <= line % 3; again += 1) sheet.addNumber(head, line + again / 8, 0, line)
      }
      packed(gzip, sheet)
      packed(
        gzip,
        sheet,
        allOf(sheet).filter((line) => line % 7 !== 0 && line % 5 !== 0),
      )
    }
  })

  it.each([0, 2, 3, 257, 258, 259, 260, 261, 516, 517, 518, 519, 14_000, 14_333, 14_500, 20_000, 40_000])(
    'packs heads that have %d bytes and more in common',
    (length) => {
      const gzip = new LineGzip()
      const sheet = new LineSheet()
      sheet.setTime(AT, 0)
      const heads = ['a', 'b', 'a', 'c'].map((end) => new LineHead('x'.repeat(length) + end))
      for (const head of [...heads, heads[3], heads[0]]) if (head !== undefined) sheet.addNumber(head, 1, 0, 0)
      packed(gzip, sheet)
      packed(gzip, sheet, [0, 2, 4])
    },
  )

  it('packs whatever stands in heads, fields and times, in any order and with any left out', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }).map((each) => Buffer.from(each).toString('latin1')),
      fc.constantFrom('m,a=b ', 'm,a=b,c=d ', 'n,host=10.0.0.1,path=/x/y '),
      fc
        .array(fc.constantFrom(',key=', '=value', ' ', '.', '10', 'é', '-'), { maxLength: 200 })
        .map((parts) => parts.join('')),
    )
    const line = fc.record({
      head: fc.nat(7),
      fields: fc.option(text),
      value: fc.double({ noNaN: true, noDefaultInfinity: true }),
      timeMs: fc.oneof(fc.constant(AT), fc.integer({ min: AT, max: AT + 1000 }), fc.integer({ min: -5, max: 5 })),
      sent: fc.boolean(),
    })
    const gzip = new LineGzip()
    const sheet = new LineSheet()
    fc.assert(
      fc.property(fc.array(text, { minLength: 8, maxLength: 8 }), fc.array(line, { maxLength: 40 }), (texts, lines) => {
        const heads = texts.map((each) => new LineHead(each))
        sheet.clear()
        for (const { head, fields, value, timeMs } of lines) {
          sheet.setTime(timeMs, 0)
          const known = heads[head]
          if (fields !== null || known === undefined) sheet.addText(fields ?? '', 0, 0)
          else sheet.addNumber(known, value, 0, 0)
        }
        const sent = lines.flatMap((each, index) => (each.sent ? [index] : []))
        packed(gzip, sheet)
        packed(gzip, sheet, sent)
      }),
      { numRuns: 500 },
    )
  })

  it('leaves what it gave before as it was', () => {
    const gzip = new LineGzip()
    const sheet = new LineSheet()
    sheet.setTime(AT, 0)
    sheet.addText('first', 0, 0)
    const first = gzip.pack(sheet, [0])
    sheet.addText('second', 0, 0)
    gzip.pack(sheet, [1])
    expect(gunzipSync(first).toString()).toContain('first')
  })
})

describe('createPacker', () => {
  it.each([0, 1, 6])('packs at level %d', async (level) => {
    const sheet = new LineSheet()
    sheet.setTime(AT, 0)
    for (let line = 0; line < 100; line += 1) sheet.addText('the same again', 0, 0)
    const body = await createPacker(level)(sheet, allOf(sheet))
    expect(gunzipSync(body).equals(sheet.gather(allOf(sheet)))).toBe(true)
    if (level > 0) expect(body.length).toBeLessThan(sheet.gather(allOf(sheet)).length / 3)
  })
})
