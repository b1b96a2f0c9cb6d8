import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { createContext } from '../context.ts'
import { runProgram } from '../program.ts'

const folder = mkdtempSync(join(tmpdir(), 'pegel-detect-'))

async function detect(...args: readonly string[]) {
  const output = { out: '', err: '' }
  const context = createContext(
    {},
    {
      print: (text) => (output.out += text),
      note: (line) => (output.err += `${line}\n`),
    },
  )
  const code = await runProgram(['detect', ...args], context, { appsDir: '', onStopSignal: () => undefined })
  return { code, ...output }
}

function fileOf(name: string, content: string): string {
  const file = join(folder, name)
  writeFileSync(file, content)
  return file
}

/** 500 points of five minutes around 10, and 90 in the 401st row. */
function spike(timeOf = (index: number): string => new Date(Date.UTC(2026, 0, 1) + index * 300_000).toISOString()) {
  const rows = Array.from({ length: 500 }, (_, index) => `${timeOf(index)},${index === 400 ? 90 : 10 + (index % 7)}`)
  return `timestamp,value\n${rows.join('\n')}\n`
}

describe('pegel detect', () => {
  it('prints what the detector finds, and why', async () => {
    const { code, out } = await detect(fileOf('spike.csv', spike()))
    expect(code).toBe(0)
    expect(out).toMatch(
      /2026-01-02T09:20:00.000Z\s+90\s+0\.\d\d\s+highest value in 33 hours; usual range [\d.]+–[\d.]+/,
    )
    expect(out).toMatch(/anomal(y|ies) in 500 points\n$/)
  })

  it.each([
    ['without a zone', (index: number) => new Date(index * 300_000).toISOString().slice(0, 19).replace('T', ' ')],
    ['as seconds', (index: number) => String(1_700_000_000 + index * 300)],
    ['as milliseconds', (index: number) => String(1_700_000_000_000 + index * 300_000)],
    ['as days', (index: number) => new Date(index * 86_400_000).toISOString().slice(0, 10)],
  ])('reads timestamps %s', async (_, timeOf) => {
    const { out } = await detect(fileOf('times.csv', spike(timeOf)))
    expect(out).toContain('highest value')
  })

  it('draws the series, its range and a mark for each anomaly', async () => {
    const plot = join(folder, 'plot.svg')
    const { code, err } = await detect(fileOf('a<b.csv', spike()), '--plot', plot)
    expect([code, err]).toEqual([0, `drawn: ${plot}\n`])
    const svg = readFileSync(plot, 'utf8')
    expect(svg).toMatch(/^<svg [^>]*viewBox/)
    expect(svg).toContain('a&lt;b.csv')
    expect(svg).toMatch(/<circle [^>]*><title>2026-01-02 09:20: 90, highest value/)
    expect(svg).not.toContain('NaN')
    expect(svg.length).toBeLessThan(40_000)
  })

  it('passes its options to the detector', async () => {
    const file = fileOf('spike.csv', spike())
    expect((await detect(file, '--direction', 'down')).out).not.toContain('highest value')
    expect((await detect(file, '--min-deviation', '100')).out).toBe('0 anomalies in 500 points\n')
    expect((await detect(file, '--season')).code).toBe(0)
    const { code, err } = await detect(file, '--sensitivity', 'high')
    expect(code).toBe(1)
    expect(err).toContain('error detection.bad_option: Option sensitivity')
  })

  it('says how many rows were not newer', async () => {
    const rows = '2026-01-01 00:00:00,1\n'.repeat(3)
    const { out } = await detect(fileOf('same.csv', `timestamp,value\n${rows}`))
    expect(out).toBe('0 anomalies in 3 points; 2 ignored, not newer than the point before\n')
  })

  it.each([
    ['', 'the first line must name the columns timestamp and value'],
    ['time,load\n1,2\n', 'the first line must name the columns timestamp and value'],
    ['timestamp,value\n', 'there is no row below the header'],
    ['timestamp,value\n2026-01-01 00:00:00,1\nnever,2\n', 'line 3: "never" is no time'],
    ['timestamp,value\n1,2\n2\n', 'line 3: "" is no number'],
    ['timestamp,value\n1,a\n2,b\n3,c\n4,d\n5,Infinity\n', 'line 4: "c" is no number; and 2 more'],
    ['timestamp,value\n"1,2\n', 'Quote Not Closed'],
  ])('refuses %j', async (content, problem) => {
    const { code, out, err } = await detect(fileOf('bad.csv', content))
    expect([code, out]).toEqual([1, ''])
    expect(err).toMatch(/^error cli\.bad_csv: /)
    expect(err).toContain(problem)
  })

  it('says which file it cannot read or write', async () => {
    const missing = join(folder, 'missing.csv')
    expect((await detect(missing)).err).toContain(`error cli.unreadable_file: Cannot read ${missing}`)
    const { code, err } = await detect(fileOf('spike.csv', spike()), '--plot', join(folder, 'no', 'plot.svg'))
    expect(code).toBe(1)
    expect(err).toContain('error cli.unwritable_file')
  })
})
