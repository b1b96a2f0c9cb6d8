import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { settingRows } from '@pegel/testing'
import { configSchema } from './config.ts'

describe('settings', () => {
  it('has a default for each', () => {
    expect(configSchema.parse({})).toMatchObject({
      PEGEL_ELASTICSEARCH_URL: 'http://localhost:9200',
      PEGEL_ELASTICSEARCH_TIME_BOUNDS: 'auto',
    })
  })

  it('are described, and the README says the same', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8').replaceAll(/ +/g, ' ')
    for (const row of settingRows(configSchema)) expect(readme).toContain(row)
  })

  it.each([
    ['PEGEL_ELASTICSEARCH_URL', 'localhost'],
    ['PEGEL_ELASTICSEARCH_DATASET', 'Pegel'],
    ['PEGEL_ELASTICSEARCH_DATASET', 'a.b'],
    ['PEGEL_ELASTICSEARCH_FIELD_LIMIT', '0'],
    ['PEGEL_ELASTICSEARCH_TIME_BOUNDS', 'fixed:2'],
  ])('refuses %s=%s and names it', (key, value) => {
    expect(configSchema.safeParse({ [key]: value }).error?.issues.map(({ path }) => path)).toEqual([[key]])
  })
})
