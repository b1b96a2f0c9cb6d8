import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { settingRows } from '@pegel/testing'
import { configSchema } from './config.ts'

describe('settings', () => {
  it('needs the token and has a default for all else', () => {
    expect(configSchema.safeParse({}).error?.issues.map(({ path }) => path)).toEqual([['PEGEL_INFLUXDB_TOKEN']])
    expect(configSchema.parse({ PEGEL_INFLUXDB_TOKEN: 't' })).toMatchObject({
      PEGEL_INFLUXDB_URL: 'http://localhost:8086',
      PEGEL_INFLUXDB_ORG: 'pegel',
      PEGEL_INFLUXDB_GZIP_LEVEL: 1,
    })
  })

  it('are described, and the README says the same', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8').replaceAll(/ +/g, ' ')
    for (const row of settingRows(configSchema)) expect(readme).toContain(row)
  })

  it.each([
    ['PEGEL_INFLUXDB_URL', 'localhost'],
    ['PEGEL_INFLUXDB_GZIP_LEVEL', '10'],
    ['PEGEL_INFLUXDB_MAX_LINES', '0'],
    ['PEGEL_INFLUXDB_MAX_BYTES', 'many'],
  ])('refuses %s=%s and names it', (key, value) => {
    const { error } = configSchema.safeParse({ PEGEL_INFLUXDB_TOKEN: 't', [key]: value })
    expect(error?.issues.map(({ path }) => path)).toEqual([[key]])
  })
})
