import { describe, expect, it } from '@jest/globals'
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { aptProgram } from '../../stack/install/apt.ts'
import { whichIn } from '../../stack/install/which.ts'

const onProgress = (line: string): unknown => process.stderr.write(`${line}\n`)
const promtool = (): Promise<string> =>
  aptProgram({ component: 'prometheus', program: 'promtool', which: whichIn(process.env), onProgress })

describe('alert rules', () => {
  it.each(readdirSync('alerts/tests'))('behave as %s says', async (name) => {
    const result = spawnSync(await promtool(), ['test', 'rules', name], { cwd: 'alerts/tests', encoding: 'utf8' })
    expect(`${result.stdout}${result.stderr}`).toContain('SUCCESS')
    expect(result.status).toBe(0)
  })
})
