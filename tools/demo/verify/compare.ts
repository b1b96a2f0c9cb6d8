/**
 * One number at one instant of one series of a backend: what a sent point becomes there (a histogram becomes several).
 * `series` and `time` are text in the backend's own terms, so that equal text means the same place.
 */
export interface Cell {
  readonly tenant: string
  readonly series: string
  readonly time: string
  readonly value: number
}

export interface ExpectedCell extends Cell {
  /** Not acknowledged: it may be there (Kafka had it, the answer was lost) or not, but not with another value, nor twice. */
  readonly acknowledged: boolean
}

export type DifferenceKind = 'missing' | 'doubled' | 'changed' | 'crossed' | 'unexpected'

export interface Difference {
  readonly kind: DifferenceKind
  readonly cell: Cell
  /** Changed: what was found. Crossed: the tenant to whom it belongs. */
  readonly detail?: string
}

export interface SeriesDifference {
  readonly tenant: string
  readonly series: string
  readonly sent: CountAndSum
  readonly found: CountAndSum
  readonly differences: readonly Difference[]
}

export interface CountAndSum {
  readonly count: number
  readonly sum: number
}

export interface Comparison {
  readonly series: number
  /** Acknowledged cells that are there once, with their value. */
  readonly matched: number
  /** Cells that are there though their sender got no acknowledgement. */
  readonly unconfirmed: number
  readonly different: readonly SeriesDifference[]
}

/** Are these the same number to this backend? */
export type Same = (sent: number, found: number) => boolean

/** To the last bit; there is one NaN and one zero. */
export const exactly: Same = (sent, found) => Object.is(sent + 0, found + 0)

/** Compares a backend's content with what was sent to it, cell by cell. */
export function compare(expected: readonly ExpectedCell[], actual: readonly Cell[], same: Same = exactly): Comparison {
  const owners = new Map(expected.map((cell) => [place(cell), cell.tenant]))
  const sent = group(expected)
  const found = group(actual)
  const different: SeriesDifference[] = []
  let matched = 0
  let unconfirmed = 0
  for (const key of new Set([...sent.keys(), ...found.keys()])) {
    const sentCells = sent.get(key) ?? []
    const foundCells = found.get(key) ?? []
    const result = compareSeries({ sent: sentCells, found: foundCells, owners, same })
    matched += result.matched
    unconfirmed += result.unconfirmed
    const [first] = [...sentCells, ...foundCells]
    if (result.differences.length === 0 || first === undefined) continue
    const sentSum = countAndSum(sentCells.filter((cell) => cell.acknowledged))
    const { tenant, series } = first
    const counts = { sent: sentSum, found: countAndSum(foundCells) }
    different.push({ tenant, series, ...counts, differences: result.differences })
  }
  return { series: sent.size, matched, unconfirmed, different }
}

interface SeriesResult {
  matched: number
  unconfirmed: number
  differences: Difference[]
}

interface SeriesCells {
  readonly sent: readonly ExpectedCell[]
  readonly found: readonly Cell[]
  /** Tenant of each sent cell by its place. */
  readonly owners: ReadonlyMap<string, string>
  readonly same: Same
}

function compareSeries({ sent, found, owners, same }: SeriesCells): SeriesResult {
  const result: SeriesResult = { matched: 0, unconfirmed: 0, differences: [] }
  const left = Map.groupBy(found, (cell) => cell.time)
  for (const cell of sent) {
    const here = left.get(cell.time) ?? []
    left.delete(cell.time)
    const [first, ...more] = here
    if (first === undefined) {
      if (cell.acknowledged) result.differences.push({ kind: 'missing', cell })
      continue
    }
    for (const extra of more) result.differences.push({ kind: 'doubled', cell: extra })
    if (!same(cell.value, first.value)) {
      result.differences.push({ kind: 'changed', cell, detail: String(first.value) })
    } else if (cell.acknowledged) result.matched += 1
    else result.unconfirmed += 1
  }
  for (const cell of [...left.values()].flat()) result.differences.push(stray(cell, owners))
  return result
}

/** Nobody sent it under this tenant: another one's, or of unknown origin. */
function stray(cell: Cell, owners: ReadonlyMap<string, string>): Difference {
  const owner = owners.get(place(cell))
  if (owner === undefined || owner === cell.tenant) return { kind: 'unexpected', cell }
  return { kind: 'crossed', cell, detail: owner }
}

function place({ series, time, value }: Cell): string {
  return JSON.stringify([series, time, value])
}

function group<C extends Cell>(cells: readonly C[]): Map<string, C[]> {
  return Map.groupBy(cells, ({ tenant, series }) => JSON.stringify([tenant, series]))
}

function countAndSum(cells: readonly Cell[]): CountAndSum {
  return { count: cells.length, sum: cells.reduce((sum, { value }) => sum + value, 0) }
}
