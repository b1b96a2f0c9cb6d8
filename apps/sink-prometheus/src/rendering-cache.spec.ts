import { describe, expect, it } from '@jest/globals'
import { batchOf, complex, gauge, histogramPoint } from '@pegel/testing'
import type { SeriesSpec } from '@pegel/testing'
import { RenderingCache } from './rendering-cache.ts'
import type { Rendering } from './rendering.ts'
import { Target, TargetRegistry } from './target.ts'

function renderingOf(cache: RenderingCache, tenant: string, spec: SeriesSpec): Rendering {
  const [run] = batchOf(tenant, [spec]).record.points.series
  if (run === undefined) throw new Error('expected a series')
  return cache.get(tenant, run)
}

const cacheOf = (): RenderingCache => new RenderingCache(100, 1_000_000)
const one = gauge('load', [[1, 2]], { attributes: { host: 'a' } })

describe('RenderingCache', () => {
  it('renders a series once for each tenant', () => {
    const cache = cacheOf()
    const rendering = renderingOf(cache, 'acme', one)
    expect(renderingOf(cache, 'acme', one)).toBe(rendering)
    const other = renderingOf(cache, 'beta', one)
    expect(other.main).not.toBe(rendering.main)
    expect(other.main.labels.includes('beta')).toBe(true)
    expect(rendering.main.labels.includes('beta')).toBe(false)
  })

  it('gives two source series that render to the same one target', () => {
    const cache = cacheOf()
    const named = (pid: string): SeriesSpec => ({ ...one, resource: { 'process.pid': pid } })
    const [first, second] = [renderingOf(cache, 'acme', named('1')), renderingOf(cache, 'acme', named('2'))]
    expect(first).not.toBe(second)
    expect(first.main).toBe(second.main)
  })

  it('makes the series of a histogram once, and forgets bounds without end', () => {
    const rendering = renderingOf(cacheOf(), 'acme', complex('h', [[1, histogramPoint([1], [1, 1])]]))
    expect(rendering.bucket(1)).toBe(rendering.bucket(1))
    expect(rendering.part('_sum')).not.toBe(rendering.part('_count'))
    for (let bound = 0; bound < 5_000; bound += 1) rendering.bucket(bound)
    expect([...rendering.parts()].length).toBeLessThanOrEqual(1_000)
  })
})

describe('TargetRegistry', () => {
  it('keeps one target for the same labels', () => {
    const registry = new TargetRegistry()
    const target = registry.intern(Buffer.from('a'))
    expect(registry.intern(Buffer.from('a'))).toBe(target)
    expect(registry.intern(Buffer.from('b'))).not.toBe(target)
    expect(registry.size).toBe(2)
    expect(target).toBeInstanceOf(Target)
  })
})
