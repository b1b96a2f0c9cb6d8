import { describe, expect, it } from '@jest/globals'
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { promtool } from './promtool.ts'

describe('alert rules', () => {
  it.each(readdirSync('alerts/tests'))('behave as %s says', async (name) => {
    const result = spawnSync(await promtool(), ['test', 'rules', name], { cwd: 'alerts/tests', encoding: 'utf8' })
    expect(`${result.stdout}${result.stderr}`).toContain('SUCCESS')
    expect(result.status).toBe(0)
  })
})
