import { hash } from 'node:crypto'

/** What the names of a document's metrics say of it. */
export interface NamesLayout {
  /**
   * Part of a document's key beside labels and time, as a dimension: documents of two source records with the same labels and time but other metrics
   * do not hide each other behind a 409, and those with the same metrics do. 132 bits of SHA-256.
   */
  readonly hash: string
  /** Members of `dynamic_templates`; empty when all metrics are gauges. */
  readonly templates: string
  /** Of metrics in the order in which they came, by name; undefined when they came so. */
  readonly order: readonly number[] | undefined
}

export interface NamedMetric {
  readonly name: string
  readonly template: string | undefined
}

/**
 * Metrics in the order in which a record names them, as a tree: the same ones come scrape after scrape, so the next is known by the step that was
 * taken last, and sorting, hashing and joining them is done once for each order. No two on a way from the root have one name.
 */
export class MetricNames implements NamedMetric {
  readonly name: string
  readonly template: string | undefined
  /** Undefined for the root, which is no metric. */
  readonly before: MetricNames | undefined
  readonly #next = new Map<string, MetricNames>()
  #last: MetricNames | undefined
  #layout: NamesLayout | undefined

  constructor({ name, template }: NamedMetric, before?: MetricNames) {
    this.name = name
    this.template = template
    this.before = before
  }

  /** The step that was taken last, if it is to this metric. */
  guess(name: string, template: string | undefined): MetricNames | undefined {
    const last = this.#last
    return last?.name === name && last.template === template ? last : undefined
  }

  /** The step to a metric whose name is none of those so far. */
  step(metric: NamedMetric, made: () => void): MetricNames {
    const key = JSON.stringify([metric.name, metric.template])
    let next = this.#next.get(key)
    if (next === undefined) {
      this.#next.set(key, (next = new MetricNames(metric, this)))
      made()
    }
    this.#last = next
    return next
  }

  get layout(): NamesLayout {
    return (this.#layout ??= layoutOf(wayTo(this)))
  }
}

function wayTo(names: MetricNames): NamedMetric[] {
  const way: NamedMetric[] = []
  for (let at = names; at.before !== undefined; at = at.before) way.push(at)
  return way.reverse()
}

/** Of metrics in any order. */
export function layoutOf(metrics: readonly NamedMetric[]): NamesLayout {
  const order = metrics.map((_, index) => index)
  const nameOf = (index: number): string => metrics[index]?.name ?? ''
  order.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
  const names = JSON.stringify(order.map(nameOf))
  return {
    hash: hash('sha256', names, 'base64url').slice(0, 22),
    templates: order.flatMap((index) => metrics[index]?.template ?? []).join(','),
    order: order.every((from, to) => from === to) ? undefined : order,
  }
}

/** Orders of metrics by their first. */
export class NamesTree {
  #root = newRoot()
  #size = 0

  get root(): MetricNames {
    if (this.#size > MAX_NAMES) {
      this.#root = newRoot()
      this.#size = 0
    }
    return this.#root
  }

  /** To be called for each that is made; bound, to be handed on. */
  readonly grown = (): void => {
    this.#size += 1
  }
}

function newRoot(): MetricNames {
  return new MetricNames({ name: '', template: undefined })
}

/** Some tens of megabytes. */
const MAX_NAMES = 100_000
