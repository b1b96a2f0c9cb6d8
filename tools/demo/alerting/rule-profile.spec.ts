import { describe, expect, it } from '@jest/globals'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { readRuleFiles, rulesOf } from '../../alerts/rule-files.ts'
import { quickRules, writeQuickRules } from './rule-profile.ts'

describe('quickRules', () => {
  it('makes times shorter and nothing else', () => {
    const text = 'expr: rate(a:b:rate5m[5m]) > 5 and x offset 1h and y[1d]\n        for: 2m\n        for: 5s\n'
    expect(quickRules(text, 30)).toBe(
      'expr: rate(a:b:rate5m[10s]) > 5 and x offset 120s and y[2880s]\n        for: 4s\n        for: 1s\n',
    )
  })

  it('leaves out groups that are not wanted', () => {
    const to = mkdtempSync(join(tmpdir(), 'pegel-rules-'))
    try {
      writeQuickRules({ from: 'alerts', to, factor: 30, only: { 'pegel.yml': 'pegel-watchdog' } })
      const files = readRuleFiles(to)
      expect(files.map(({ name }) => name)).toEqual(readRuleFiles('alerts').map(({ name }) => name))
      expect(files.find(({ name }) => name === 'pegel.yml')?.groups.map(({ name }) => name)).toEqual(['pegel-watchdog'])
    } finally {
      rmSync(to, { recursive: true })
    }
  })

  it.each(readRuleFiles('alerts').map(({ name }) => name))('finds every time of %s', (name) => {
    const times = (text: string): number =>
      [...text.matchAll(/\[\d+\w+\]|offset \S+|^\s*(?:for|interval|keep_firing_for): .*$/gm)].length
    const text = readFileSync(`alerts/${name}`, 'utf8')
    const quick = quickRules(text, 30)
    expect(quick.match(/\[\d+s\]|offset \d+s\b|^\s*(?:for|interval|keep_firing_for): \d+s$/gm)?.length ?? 0).toBe(
      times(text),
    )
    const before = rulesOf({ name, ...(parse(text) as { groups: [] }) })
    const after = rulesOf({ name, ...(parse(quick) as { groups: [] }) })
    expect(after).toHaveLength(before.length)
  })
})
