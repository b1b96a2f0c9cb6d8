import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { component } from './component.ts'
import { detectorConfig } from './config.ts'
import { DETECTOR_METRICS } from './detector-metrics.ts'
import { detectorErrors } from './errors.ts'
import { BUILT_IN } from './watch/built-in.ts'

const readme = readFileSync('apps/anomaly-detector/README.md', 'utf8')

describe('README.md', () => {
  it.each(Object.values(detectorErrors).map(({ code }) => code))('explains %s', (code) => {
    expect(readme).toContain(`\`${code}\``)
  })

  it.each(Object.keys(detectorConfig.shape))('explains %s', (name) => {
    expect(readme).toContain(`\`${name}\``)
  })

  it.each(DETECTOR_METRICS.map(({ name }) => name))('explains %s', (name) => {
    expect(readme).toMatch(new RegExp(`\`${name}[{\`]`))
  })

  it.each(component.topics.out)('names %s', (topic) => {
    expect(readme).toContain(`\`${topic}\``)
  })

  it('names the built-in selectors by what they are for', () => {
    expect(BUILT_IN.length).toBe(/model metrics, errors, .*business rates/.exec(readme)?.[0].split(', ').length)
  })
})
