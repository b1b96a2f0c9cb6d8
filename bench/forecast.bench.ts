/**
 * How good are the forecasts? The series of the Numenta Anomaly Benchmark that have a daily season (`--data DIR` for another folder of CSVs), beside the last
 * value and Prometheus' predict_linear; then simulated disks: is one that fills warned of in time, and one that never fills left alone?
 * `--runs N` (default 20) disks of each kind; `--json FILE` keeps the figures.
 */
import { createForecaster } from '@pegel/detection'
import type { Accuracy } from './forecast/accuracy.ts'
import { HORIZONS_HOURS, measureAccuracy } from './forecast/accuracy.ts'
import type { Cleaned, Filling } from './forecast/disks.ts'
import { daysOf, seasonStrength } from './forecast/season.ts'
import { measureCleaned, measureFilling } from './forecast/warnings.ts'
import { readFolder } from './nab/series.ts'
import type { GoalRow } from './support/goals.ts'
import { goalRow, renderGoals } from './support/goals.ts'
import { measureRates } from './support/measure.ts'
import { createRandom } from './support/random.ts'
import type { Column, Row } from './support/report.ts'
import { argument, machine, renderTable, writeJson } from './support/report.ts'

const MINUTE_MS = 60_000
/** A series has a daily season if it lasts ten days and the hour of the day explains a tenth of it (see seasonStrength). */
const LEAST_DAYS = 10
const LEAST_STRENGTH = 0.1
const GOALS_BY_HORIZON = [1, 0.85, 0.9]

const folder = argument('data') ?? 'bench/nab/data'
const runs = Number(argument('runs') ?? 20)

const FILLING: Filling = {
  name: 'as usual (5 days, pace of a filling +-15 %, of an hour +-20 %)',
  ...{ intervalMs: 5 * MINUTE_MS, days: 5, varies: 0.15, daily: 0.2, noise: 0.3, slowCleaning: false, fillings: 4 },
}
const FILLINGS: readonly Filling[] = [
  FILLING,
  { ...FILLING, name: 'in 3 days', days: 3 },
  { ...FILLING, name: 'in 10 days', days: 10 },
  { ...FILLING, name: 'pace +-50 % from filling to filling', varies: 0.5 },
  { ...FILLING, name: 'pace +-80 % over the day', daily: 0.8 },
  { ...FILLING, name: 'noise of 2 %', noise: 2 },
  { ...FILLING, name: 'cleaned within an hour', slowCleaning: true },
  { ...FILLING, name: 'a point a minute', intervalMs: MINUTE_MS, fillings: 2 },
]
const CLEANED: Cleaned = {
  name: 'daily, 30 to 60 %',
  ...{ intervalMs: 5 * MINUTE_MS, lowest: 30, highest: 60, everyHours: 24, varies: 1.5, noise: 0.5 },
}
const CLEANEDS: readonly Cleaned[] = [
  CLEANED,
  { ...CLEANED, name: 'hourly', everyHours: 1 },
  { ...CLEANED, name: 'every 6 hours', everyHours: 6 },
  { ...CLEANED, name: 'every 2 days', everyHours: 48 },
  { ...CLEANED, name: 'daily, 10 to 80 %', lowest: 10, highest: 80 },
  { ...CLEANED, name: 'daily, 60 to 85 %', lowest: 60, highest: 85 },
  { ...CLEANED, name: 'daily, to 60 +- 5 %', varies: 5 },
]

const PEERS: readonly [string, (each: Accuracy) => number][] = [
  ['1 h', ({ linear1h }) => linear1h],
  ['4 h', ({ linear4h }) => linear4h],
]

process.stdout.write(`${machine()}\n`)
const rows: GoalRow[] = [...seriesRows(), ...fillingRows(), ...cleanedRows(), ...costRows()]
process.stdout.write(`\n${renderGoals(rows, 'predict_linear, 1 h')}\n`)
writeJson(rows)

function seriesRows(): GoalRow[] {
  const all = readFolder(folder).map(({ name, timesMs, values }) => {
    const strength = seasonStrength(timesMs, values)
    const isLong = daysOf(timesMs) >= LEAST_DAYS
    return {
      name,
      strength,
      isDaily: isLong && strength >= LEAST_STRENGTH,
      accuracy: isLong ? measureAccuracy(timesMs, values) : [],
    }
  })
  const shown = all.toSorted((a, b) => b.strength - a.strength)
  process.stdout.write(`\n${renderTable(seriesColumns(), shown.map(seriesRow))}\n`)
  const daily = all.filter(({ isDaily }) => isDaily)
  return HORIZONS_HOURS.flatMap((hours, index) => {
    const mean = (pick: (each: Accuracy) => number): number =>
      meanOf(daily.flatMap(({ accuracy }) => accuracy.slice(index, index + 1).map(pick)))
    const own = mean(({ own: error }) => error)
    const title = `at ${hours} h, ${daily.length} series with a daily season`
    return [
      ...PEERS.map(([range, pick]) => {
        const name = `error over the last value's, ${title}${range === '1 h' ? '' : ` (peer over ${range})`}`
        return goalRow(name, 'ratio', own, { peer: mean(pick), goal: { atMost: GOALS_BY_HORIZON[index] ?? NaN } })
      }),
      goalRow(
        `within the range of 80 %, ${title}`,
        '%',
        mean(({ within80 }) => within80),
        { goal: { atLeast: 75, atMost: 85 } },
      ),
      goalRow(
        `within the range of 95 %, ${title}`,
        '%',
        mean(({ within95 }) => within95),
        { goal: { atLeast: 92, atMost: 98 } },
      ),
    ]
  })
}

/** A series that the last value forecasts without an error has no ratio. */
function meanOf(values: readonly number[]): number {
  const finite = values.filter((value) => Number.isFinite(value))
  return finite.reduce((sum, value) => sum + value, 0) / finite.length
}

function seriesColumns(): readonly Column[] {
  return [
    { key: 'name', title: 'series' },
    { key: 'strength', title: 'season', decimals: 2 },
    { key: 'daily', title: 'daily' },
    ...HORIZONS_HOURS.flatMap((hours): Column[] => [
      { key: `own${hours}`, title: `${hours} h` },
      { key: `linear${hours}`, title: 'linear' },
      { key: `within${hours}`, title: '80, 95 %' },
    ]),
  ]
}

function seriesRow({
  name,
  strength,
  isDaily,
  accuracy,
}: {
  name: string
  strength: number
  isDaily: boolean
  accuracy: readonly Accuracy[]
}): Row {
  const cells = HORIZONS_HOURS.map((hours, index): Row => {
    const each = accuracy[index]
    if (each === undefined) return {}
    return {
      [`own${hours}`]: each.own.toFixed(2),
      [`linear${hours}`]: each.linear1h.toFixed(2),
      [`within${hours}`]: `${each.within80.toFixed(0)}, ${each.within95.toFixed(0)}`,
    }
  })
  return Object.assign({ name, strength, daily: isDaily ? 'yes' : '' }, ...cells) as Row
}

function fillingRows(): GoalRow[] {
  return FILLINGS.flatMap((filling) => {
    const { inTime, fillings } = measureFilling(filling, runs)
    const [alert = NaN, plain = NaN, linear1h = NaN, linear4h = NaN] = inTime
    const title = `disk that fills, ${filling.name}: first alert 18 to 36 h ahead`
    const goal = { atLeast: 95 }
    return [
      goalRow(title, `% of ${fillings}`, alert, { peer: linear1h, goal }),
      goalRow(`${title}, without hysteresis (peer over 4 h)`, `% of ${fillings}`, plain, { peer: linear4h, goal }),
    ]
  })
}

function cleanedRows(): GoalRow[] {
  return CLEANEDS.flatMap((cleaned) => {
    const [alert = NaN, plain = NaN, linear1h = NaN, linear4h = NaN] = measureCleaned(cleaned, Math.ceil(runs / 2))
    const title = `disk cleaned ${cleaned.name}: checks that warn`
    const goal = { atMost: 0.5 }
    return [
      goalRow(title, '%', alert, { peer: linear1h, goal }),
      goalRow(`${title}, without hysteresis (peer over 4 h)`, '%', plain, { peer: linear4h, goal }),
    ]
  })
}

function costRows(): GoalRow[] {
  const random = createRandom(1)
  const values = Float64Array.from({ length: 20_000 }, () => random.normal())
  const kinds = [10_000, 5 * MINUTE_MS].map((intervalMs) => {
    const forecaster = createForecaster()
    let time = 0
    const run = (): void => {
      for (const value of values) forecaster.update((time += intervalMs), value)
    }
    return { name: `a point each ${intervalMs / 1000} s`, units: values.length, run }
  })
  const rates = measureRates(kinds, { rounds: 5, roundMs: 200 })
  return [
    ...kinds.map(({ name }) =>
      goalRow(`cost, ${name}`, 'us CPU a point', 1e6 / (rates.get(name) ?? NaN), { goal: { atMost: 2 } }),
    ),
    goalRow('state', 'bytes a series', createForecaster().save().length, { goal: { atMost: 8192 } }),
  ]
}
