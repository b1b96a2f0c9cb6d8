import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { configSchema } from './config.ts'
import { gatewayErrors } from './errors.ts'
import { otlpErrors } from './otlp/index.ts'

const readme = readFileSync('apps/ingest-gateway/README.md', 'utf8')

describe('README.md', () => {
  it.each([...Object.values(gatewayErrors), ...Object.values(otlpErrors)].map(({ code }) => code))(
    'explains %s',
    (code) => {
      expect(readme).toContain(`\`${code}\``)
    },
  )

  it.each(Object.keys(configSchema.shape))('explains %s', (name) => {
    expect(readme).toContain(`\`${name}\``)
  })
})
