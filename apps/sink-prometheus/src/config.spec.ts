import { describe, expect, it } from '@jest/globals'
import { prometheusConfig } from './config.ts'

describe('prometheusConfig', () => {
  it('needs nothing to be set', () => {
    expect(prometheusConfig.parse({})).toMatchObject({
      PEGEL_PROMETHEUS_URL: 'http://localhost:9090',
      PEGEL_PROMETHEUS_FLAVOUR: 'auto',
      PEGEL_PROMETHEUS_NATIVE_HISTOGRAMS: 'auto',
      PEGEL_PROMETHEUS_EXEMPLARS: true,
    })
  })

  it.each([
    ['PEGEL_PROMETHEUS_URL', 'prometheus:9090'],
    ['PEGEL_PROMETHEUS_URL', 'ftp://prometheus'],
    ['PEGEL_PROMETHEUS_FLAVOUR', 'thanos'],
    ['PEGEL_PROMETHEUS_NATIVE_HISTOGRAMS', 'maybe'],
    ['PEGEL_PROMETHEUS_CONCURRENT_WRITES', '0'],
    ['PEGEL_PROMETHEUS_TIMEOUT_MS', 'soon'],
  ])('refuses %s=%s', (key, value) => {
    const result = prometheusConfig.safeParse({ [key]: value })
    expect(result.error?.issues.map(({ path }) => path[0])).toEqual([key])
  })
})
