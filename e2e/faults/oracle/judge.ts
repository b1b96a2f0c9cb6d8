import type { Backend, Selection, SeriesSum } from './backend.ts'
import type { Issued } from './issued.ts'
import { decode } from './shape.ts'

/** What a backend holds, held against what was sent; in points. */
export interface Verdict {
  readonly backend: Backend['name']
  readonly acknowledged: number
  /** Acknowledged and there once, with their value. */
  readonly stored: number
  /** Acknowledged and not there. */
  readonly missing: number
  /** There more than once. */
  readonly doubled: number
  /** There, though never sent, refused, or with a value that nobody gave it. */
  readonly unissued: number
  /** There under another tenant than the one who sent it. */
  readonly crossed: number
  /** There, though its sender was never told so. */
  readonly unconfirmed: number
}

type Counts = Record<Exclude<keyof Verdict, 'backend'>, number>

/** Count and sum per series; where they differ from what they must be, every number of the series is looked at. */
export async function judge(
  backend: Backend,
  issued: readonly Issued[],
  selection: Pick<Selection, 'run'>,
): Promise<Verdict> {
  const asked = {
    ...selection,
    ...windowOf(issued),
    metrics: [...new Set(issued.flatMap(({ shape }) => shape.metrics))],
  }
  const found = new Map((await backend.sums(asked)).filter(({ count }) => count > 0).map((each) => [keyOf(each), each]))
  const total: Counts = {
    ...{ acknowledged: 0, stored: 0, missing: 0, doubled: 0, unissued: 0, crossed: 0, unconfirmed: 0 },
  }
  for (const each of issued) {
    for (const { index, name } of seriesOf(each)) {
      const expected = each.expected(index)
      const key = keyOf(name)
      const there = found.get(key) ?? { count: 0, sum: 0 }
      found.delete(key)
      total.acknowledged += expected.count
      if (there.count === expected.count && there.sum === expected.sum) total.stored += expected.count
      else if (there.count === 0) total.missing += expected.count
      else addNumbers(total, { issued: each, series: index, numbers: await backend.values(asked, name) })
    }
  }
  // What is left belongs to no series that any of these tenants has.
  for (const stray of found.values()) {
    const owners = new Set(issued.map(({ ordinal }) => ordinal))
    for (const number of await backend.values(asked, stray)) {
      if (owners.has(decode(number).ordinal)) total.crossed += 1
      else total.unissued += 1
    }
  }
  return { backend: backend.name, ...total }
}

interface Numbers {
  readonly issued: Issued
  readonly series: number
  readonly numbers: readonly number[]
}

function addNumbers(total: Counts, { issued, series, numbers }: Numbers): void {
  const seen = new Set<number>()
  let stored = 0
  for (const number of numbers) {
    const { ordinal, series: itsSeries, time } = decode(number)
    const state = issued.stateOf(time)
    if (seen.has(number)) total.doubled += 1
    else if (ordinal !== issued.ordinal) total.crossed += 1
    else if (itsSeries !== series || state === undefined || state === 'refused') total.unissued += 1
    else if (state === 'unconfirmed') total.unconfirmed += 1
    else stored += 1
    seen.add(number)
  }
  total.stored += stored
  total.missing += issued.expected(series).count - stored
}

function seriesOf({ tenant, shape }: Issued): readonly { readonly index: number; readonly name: SeriesName }[] {
  return shape.metrics.flatMap((metric, at) =>
    shape.hosts.map((host, index) => ({ index: at * shape.hosts.length + index, name: { tenant, metric, host } })),
  )
}

type SeriesName = Pick<SeriesSum, 'tenant' | 'metric' | 'host'>

function keyOf({ tenant, metric, host }: SeriesName): string {
  return `${tenant}/${metric}/${host}`
}

function windowOf(issued: readonly Issued[]): { readonly fromMs: number; readonly toMs: number } {
  const windows = issued.filter(({ requests }) => requests.length > 0).map(({ window }) => window)
  return {
    fromMs: Math.min(...windows.map(({ fromMs }) => fromMs)),
    toMs: Math.max(...windows.map(({ toMs }) => toMs)),
  }
}
