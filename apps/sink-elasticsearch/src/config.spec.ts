import { describe, expect, it } from '@jest/globals'
import { configSchema } from './config.ts'

describe('settings', () => {
  it('has a default for each', () => {
    expect(configSchema.parse({})).toMatchObject({
      PEGEL_ELASTICSEARCH_URL: 'http://localhost:9200',
      PEGEL_ELASTICSEARCH_TIME_BOUNDS: 'auto',
    })
  })

  it('describes every key', () => {
    for (const schema of Object.values(configSchema.shape)) expect(schema.description).toBeTruthy()
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
