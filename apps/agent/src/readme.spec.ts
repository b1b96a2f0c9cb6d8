import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { settingRows } from '@pegel/testing'
import { METRICS as CONTAINER } from './collectors/containers/metrics.ts'
import { METRICS as PROCESS } from './collectors/processes/metrics.ts'
import { agentConfig } from './config.ts'

const readme = readFileSync('apps/agent/README.md', 'utf8').replaceAll(/ +/g, ' ')

describe('README.md', () => {
  it.each(settingRows(agentConfig))('has the setting %s', (row) => {
    expect(readme).toContain(row)
  })

  it.each([...Object.values(PROCESS), ...Object.values(CONTAINER)].map(({ name }) => name))(
    'has the metric %s',
    (name) => {
      const last = name.slice(name.lastIndexOf('.'))
      expect(readme.includes(`\`${name}\``) || readme.includes(`\`${last}\``)).toBe(true)
    },
  )
})
