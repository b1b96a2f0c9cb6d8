import { describe, expect, it } from '@jest/globals'
import { metricsUrl } from './exporter.ts'

describe('metricsUrl', () => {
  it.each([
    ['http://gateway:4318', 'http://gateway:4318/v1/metrics'],
    ['http://gateway:4318/', 'http://gateway:4318/v1/metrics'],
    ['https://proxy/pegel/', 'https://proxy/pegel/v1/metrics'],
  ])('%s → %s', (endpoint, url) => {
    expect(metricsUrl(endpoint)).toBe(url)
  })
})
