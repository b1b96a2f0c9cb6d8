import { describe, expect, it } from '@jest/globals'
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { aptProgram } from '../stack/install/apt.ts'
import { whichIn } from '../stack/install/which.ts'

interface RuleFile {
  readonly groups: readonly {
    readonly rules: readonly { readonly alert: string; readonly annotations: { readonly runbook: string } }[]
  }[]
}

const files = readdirSync('alerts').filter((name) => name.endsWith('.yml'))
const tests = readdirSync('alerts/tests')

const onProgress = (line: string): unknown => process.stderr.write(`${line}\n`)

describe('alert rules', () => {
  it.each(tests)('behave as %s says', async (name) => {
    const promtool = await aptProgram({
      component: 'prometheus',
      program: 'promtool',
      which: whichIn(process.env),
      onProgress,
    })
    const result = spawnSync(promtool, ['test', 'rules', name], { cwd: 'alerts/tests', encoding: 'utf8' })
    expect(`${result.stdout}${result.stderr}`).toContain('SUCCESS')
    expect(result.status).toBe(0)
  })

  it.each(files)('of %s each have a runbook and a test', (name) => {
    const { groups } = parse(readFileSync(`alerts/${name}`, 'utf8')) as RuleFile
    const tested = readFileSync(`alerts/tests/${name.replace('.yml', '.test.yml')}`, 'utf8')
    const rules = groups.flatMap((group) => group.rules)
    expect(rules.length).toBeGreaterThan(0)
    for (const { alert, annotations } of rules) {
      expect([alert, existsSync(annotations.runbook)]).toEqual([alert, true])
      expect(tested).toContain(`alertname: ${alert}\n`)
    }
  })
})
