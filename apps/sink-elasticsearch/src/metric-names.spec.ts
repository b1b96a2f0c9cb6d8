import { describe, expect, it } from '@jest/globals'
import { layoutOf, NamesTree } from './metric-names.ts'
import type { MetricNames, NamedMetric } from './metric-names.ts'

const metric = (name: string, template?: string): NamedMetric => ({ name, template })

function walk(tree: NamesTree, ...metrics: readonly NamedMetric[]): MetricNames {
  return metrics.reduce<MetricNames>(
    (at, each) => at.guess(each.name, each.template) ?? at.step(each, tree.grown),
    tree.root,
  )
}

describe('names of the metrics of a document', () => {
  const [a, b, c] = [metric('a'), metric('b', '"metrics.b":"counter"'), metric('c', '"metrics.c":"counter"')]

  it('are one thing whatever way they came, but for their order', () => {
    const tree = new NamesTree()
    const [forth, back] = [walk(tree, a, b, c).layout, walk(tree, c, b, a).layout]
    expect(forth).toEqual({
      hash: layoutOf([b, c, a]).hash,
      templates: '"metrics.b":"counter","metrics.c":"counter"',
      order: undefined,
    })
    expect(back).toEqual({ ...forth, order: [2, 1, 0] })
    expect(walk(tree, a, b).layout.hash).not.toBe(forth.hash)
  })

  it('are known by the step that was taken last, and found when it was another', () => {
    const tree = new NamesTree()
    const way = walk(tree, a, b)
    expect(walk(tree, a, b)).toBe(way)
    expect(walk(tree, a, c)).not.toBe(way)
    expect(tree.root.guess('a', undefined)?.guess('b', b.template)).toBeUndefined()
    expect(walk(tree, a, b)).toBe(way)
  })

  it('tell a counter from a gauge of the same name', () => {
    const tree = new NamesTree()
    const gauge = walk(tree, metric('b'))
    expect(walk(tree, b)).not.toBe(gauge)
    expect([gauge.layout.templates, walk(tree, b).layout.templates]).toEqual(['', b.template])
    expect(walk(tree, metric('b'))).toBe(gauge)
  })

  it('are forgotten when there are too many', () => {
    const tree = new NamesTree()
    const { root } = tree
    for (let index = 0; index <= 100_000; index += 1) walk(tree, metric(`m${index}`))
    expect(tree.root).not.toBe(root)
    expect(walk(tree, a, b).layout.hash).toBe(layoutOf([a, b]).hash)
  })
})
