import { beforeAll, describe, expect, it } from '@jest/globals'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createMetrics } from '@pegel/telemetry'
import { runProgram } from '../../apps/cli/src/program.ts'
import { isAlert, readRuleFiles, rulesOf } from './rule-files.ts'
import { wholeCatalogue } from './test/catalogue/index.ts'

const DIR = 'docs/runbooks'
const pages = readdirSync(DIR).map((name) => ({ name, text: readFileSync(join(DIR, name), 'utf8') }))
const recorded = readRuleFiles('alerts').flatMap((file) =>
  rulesOf(file).flatMap((rule) => (isAlert(rule) ? [] : [rule.record])),
)
const FAMILY =
  /(?<![\w:.])(?:pegel_(?:gateway|sink|kafka|ledger|detector|processor|dead)|system|process|container|http_server|shop)_[a-z0-9_]+(?![\w:*])/g
const names = new Set<string>()

beforeAll(async () => {
  const catalogue = await wholeCatalogue()
  for (const name of [...catalogue.names(), ...catalogue.labels(), ...recorded]) names.add(name)
  const defaults = await createMetrics({ service: 'any' }).expose()
  for (const [, name = ''] of defaults.matchAll(/^# TYPE (\S+)/gm)) names.add(name)
})

/** What `pegel … --help` says; the command line itself knows its commands and options. */
async function helpOf(command: readonly string[]): Promise<string> {
  let out = ''
  const print = (text: string): unknown => (out += text)
  const context = { env: {}, print, note: () => undefined } as unknown as Parameters<typeof runProgram>[1]
  await runProgram([...command, '--help'], context, { appsDir: '' } as Parameters<typeof runProgram>[2])
  return out
}

describe.each(pages)('$name', ({ name, text }) => {
  it('says what it means, where to look and what to do', () => {
    for (const part of ['Means', 'Look', 'o'])
      expect([name, new RegExp(`\\*\\*[^*]*${part}[^*]*:\\*\\*`).test(text)]).toEqual([name, true])
  })

  it('has commands that this repository has', async () => {
    for (const [, line = ''] of text.matchAll(/(?:npm run pegel -- |`pegel )([a-zA-Z0-9 -]+)/g)) {
      const words = line.trim().split(/\s+/)
      const end = words.findIndex((word) => !/^[a-z][a-z-]*$/.test(word))
      const command = words.slice(0, end === -1 ? words.length : end)
      const help = await helpOf(command)
      for (const part of [`Usage: pegel ${command.join(' ')}`, ...words.filter((word) => word.startsWith('--'))]) {
        expect([line, help]).toEqual([line, expect.stringContaining(part)])
      }
    }
  })

  it('names metrics and labels that there are', () => {
    for (const [metric] of text.matchAll(FAMILY)) {
      const known = names.has(metric) || names.has(`${metric}_count`)
      expect([metric, known]).toEqual([metric, true])
    }
  })

  it('links to files that there are', () => {
    for (const [, link = ''] of text.matchAll(/\]\(([^):]+)\)/g)) {
      const [path = ''] = link.split('#')
      expect([link, existsSync(join(dirname(join(DIR, name)), path))]).toEqual([link, true])
    }
  })
})
