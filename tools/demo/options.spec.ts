import { describe, expect, it } from '@jest/globals'
import { parseOptions } from './options.ts'

describe('parseOptions', () => {
  it('runs everything until Ctrl-C when nothing is asked for', () => {
    expect(parseOptions([])).toEqual({ forMs: undefined, chaos: false, target: 'all', temporality: 'delta' })
  })

  it('reads times', () => {
    expect(parseOptions(['--for', '60s']).forMs).toBe(60_000)
    expect(parseOptions(['--for=2m', '--target', 'enricher']).forMs).toBe(120_000)
  })

  it('gives chaos an end, so that it can be judged', () => {
    expect(parseOptions(['--chaos'])).toMatchObject({ chaos: true, forMs: 60_000 })
    expect(parseOptions(['--chaos', '--for', '90s']).forMs).toBe(90_000)
  })

  it.each([['--for=0s'], ['--for=1'], ['--for=soon'], ['--temporality=sometimes'], ['--unknown']])(
    'refuses %s',
    (arg) => {
      expect(() => parseOptions([arg])).toThrow()
    },
  )
})
