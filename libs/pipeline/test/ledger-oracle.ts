import { NO_COUNTS } from '@pegel/contracts'
import type { LedgerEntry, LedgerRow, SinkCounts } from '@pegel/contracts'
import { isFinal, OUTCOMES, replaced, settledPoints } from '../src/ledger-outcomes.ts'
import { MINUTE } from './ledger-rows.ts'

/** What stands in the books of one tenant and minute; of the sinks, the counts and how far they are from what was produced. */
export interface Expected {
  readonly received: number
  readonly produced: number
  readonly sinks: Readonly<Record<string, SinkCounts & { readonly unbalanced: number }>>
}

interface Known {
  readings: readonly LedgerRow[]
  readonly outcomes: Map<string, SinkCounts>
}

/** Folds everything from the beginning, keeping every record, and adds up once at the end: slow, and plain enough to be believed. */
export function foldAll(entries: readonly LedgerEntry[], sinks: readonly string[]): ReadonlyMap<string, Expected> {
  const records = new Map<string, Known>()
  for (const entry of entries) for (const row of entry.rows) addRow(records, entry, row)
  const groups = Map.groupBy(
    [...records.values()].filter(({ readings }) => readings.length > 0),
    ({ readings: [first] }) => `${first?.tenant ?? ''}@${Math.floor((first?.appendTimeMs ?? 0) / MINUTE) * MINUTE}`,
  )
  return new Map([...groups].map(([key, all]) => [key, expectedOf(all, sinks)]))
}

function addRow(records: Map<string, Known>, { stage, sink }: LedgerEntry, row: LedgerRow): void {
  const key = `${row.topic}/${row.partition}@${row.offset}`
  const known = records.get(key) ?? { readings: [], outcomes: new Map<string, SinkCounts>() }
  if (stage === 'enricher') {
    records.set(key, known)
    if (known.readings.length < Math.max(1, row.parts)) known.readings = [...known.readings, row]
    return
  }
  const place = `${sink}/${row.part}`
  const former = known.outcomes.get(place)
  const produced = known.readings[row.part]?.produced ?? NaN
  if (row.counts === null || (former !== undefined && isFinal(former, produced))) return
  const outcome = former === undefined ? row.counts : replaced(former, row.counts)
  if (stage === 'replay' && settledPoints(outcome) !== produced) return
  records.set(key, known)
  known.outcomes.set(place, outcome)
}

function expectedOf(records: readonly Known[], sinks: readonly string[]): Expected {
  const parts = records.flatMap(({ readings, outcomes }) => readings.map((reading) => ({ reading, outcomes })))
  const sum = (of: (reading: LedgerRow) => number): number => parts.reduce((all, { reading }) => all + of(reading), 0)
  const sinkOf = (sink: string) => {
    const counts: Record<keyof SinkCounts, number> = { ...NO_COUNTS }
    let unbalanced = 0
    for (const { reading, outcomes } of parts) {
      const outcome = outcomes.get(`${sink}/${reading.part}`) ?? NO_COUNTS
      for (const name of OUTCOMES) counts[name] += outcome[name]
      unbalanced += Math.abs(reading.produced - settledPoints(outcome))
    }
    return [sink, { ...counts, unbalanced }] as const
  }
  return {
    received: sum(({ received }) => received),
    produced: sum(({ produced }) => produced),
    sinks: Object.fromEntries(sinks.map(sinkOf)),
  }
}
