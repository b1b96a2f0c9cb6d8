import { describe, expect, it } from '@jest/globals'
import { patternsOf, placementOf } from './placement.ts'

describe('streams', () => {
  it('gives a dedicated tenant its own stream, and every tenant its own late index', () => {
    expect(placementOf('pegel', { tenant: 'acme', placement: 'dedicated' })).toEqual({
      stream: 'metrics-pegel.tenant-acme',
      late: 'metrics-pegel.late-acme',
    })
    expect(placementOf('pegel', { tenant: 'acme', placement: 'shared' })).toEqual({
      stream: 'metrics-pegel.shared-default',
      late: 'metrics-pegel.late-acme',
    })
  })

  it('has a pattern for each, and no name fits two', () => {
    const { streams, late } = patternsOf('pegel')
    const fits = (name: string): string[] =>
      [...streams, ...late].filter((pattern) => name.startsWith(pattern.slice(0, -1)))
    for (const tenant of ['acme', 'shared', 'default', 'late', 'tenant', '0_']) {
      const dedicated = placementOf('pegel', { tenant, placement: 'dedicated' })
      const shared = placementOf('pegel', { tenant, placement: 'shared' })
      expect(dedicated.stream).not.toBe(shared.stream)
      for (const name of [dedicated.stream, shared.stream, shared.late]) expect(fits(name)).toHaveLength(1)
    }
  })
})
