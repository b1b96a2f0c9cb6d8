/** Names as they stand in Prometheus → the labels that a series of that name may have. */
export class Catalogue {
  readonly #labels = new Map<string, Set<string>>()

  /** A histogram's name stands for its three series. */
  add(name: string, kind: 'plain' | 'histogram', labels: Iterable<string>): void {
    const names = kind === 'plain' ? [name] : [`${name}_bucket`, `${name}_count`, `${name}_sum`]
    for (const each of names) {
      const known = this.#labels.get(each) ?? new Set()
      this.#labels.set(each, known)
      for (const label of labels) known.add(label)
      if (each.endsWith('_bucket')) known.add('le')
    }
  }

  names(): readonly string[] {
    return [...this.#labels.keys()]
  }

  labels(): readonly string[] {
    return [...this.#labels.values()].flatMap((labels) => [...labels])
  }

  /** Undefined when nothing makes such a series. */
  labelsOf(name: string): ReadonlySet<string> | undefined {
    return this.#labels.get(name)
  }
}
