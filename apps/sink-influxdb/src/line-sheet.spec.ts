import { describe, expect, it } from '@jest/globals'
import { LineHead } from './gzip/line-head.ts'
import { LineSheet } from './line-sheet.ts'

const TIME = ' 1700000000123000007\n'

function sheetAt(timeMs = 1_700_000_000_123, timeNs = 7): LineSheet {
  const sheet = new LineSheet()
  sheet.setTime(timeMs, timeNs)
  return sheet
}

describe('LineSheet', () => {
  it('grows, and gives back any lines', () => {
    const sheet = sheetAt()
    const texts = Array.from({ length: 5000 }, (_, line) => `${'é'.repeat(line % 90)}${line}`)
    texts.forEach((text, line) => sheet.addText(Buffer.from(text).toString('latin1'), line % 3, line))
    const lines = texts.map((text) => text + TIME)
    expect(sheet.gather([0, 1, 2]).toString()).toBe(lines.slice(0, 3).join(''))
    expect(sheet.gather([7, 4999]).toString()).toBe(`${lines[7]}${lines[4999]}`)
    expect([sheet.recordOf(4), sheet.pointOf(4)]).toEqual([1, 4])
    expect(sheet.gather(texts.map((_, line) => line)).toString()).toBe(lines.join(''))
  })

  it('writes numbers behind heads, at the time that was set last', () => {
    const sheet = sheetAt()
    sheet.addNumber(new LineHead('m,k=\u00c3\u00a9 gauge='), 0.1, 0, 0)
    sheet.setTime(1_700_000_000_123, 7)
    sheet.addNumber(new LineHead('m gauge='), -12345.678, 0, 1)
    sheet.setTime(1_700_000_000_124, 0)
    sheet.addNumber(new LineHead('m gauge='), -0, 0, 2)
    sheet.setTime(-1, 1)
    sheet.addNumber(new LineHead('m gauge='), 1e300, 0, 3)
    sheet.setTime(0, 5)
    sheet.addText('m count=1', 0, 4)
    expect(sheet.gather([0, 1, 2, 3, 4]).toString()).toBe(
      `m,k=é gauge=0.1${TIME}m gauge=-12345.678${TIME}m gauge=-0 1700000000124000000\n` +
        'm gauge=1e+300 -999999\nm count=1 5\n',
    )
  })

  it('has room for whatever number ends at the end of its memory', () => {
    const sheet = sheetAt()
    const lines = 4000
    for (let line = 0; line < lines; line += 1)
      sheet.addNumber(new LineHead('x'.repeat(line % 200)), -0.0000012345678901234567, 0, line)
    const texts = sheet
      .gather(Array.from({ length: lines }, (_, line) => line))
      .toString()
      .split('\n')
    expect(
      texts.filter((text, line) => text !== `${'x'.repeat(line % 200)}-0.0000012345678901234567${TIME.trimEnd()}`),
    ).toEqual([''])
  })

  it('is as new after it was cleared', () => {
    const sheet = sheetAt()
    for (let line = 0; line < 2000; line += 1) sheet.addText('x'.repeat(100), 1, line)
    sheet.clear()
    expect(sheet.length).toBe(0)
    sheet.addText('y', 2, 7)
    expect(sheet.gather([0]).toString()).toBe(`y${TIME}`)
    expect([sheet.length, sheet.recordOf(0), sheet.pointOf(0), sheet.cut(0, 9, 9)]).toEqual([1, 2, 7, 1])
  })
})
