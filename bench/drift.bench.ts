/**
 * How soon is a lasting change of a stream found, and how often is one found that is none? Synthetic streams of many seeds, each also shown to a plain
 * two-sided CUSUM. `--streams N` (default 100) sets how many streams a delay is the median of; `--json FILE` keeps the figures.
 */
import { createDriftDetector } from '@pegel/detection'
import { measureDistributions } from './drift/distributions.ts'
import { countAlarms, measureDelays } from './drift/runs.ts'
import type { DayShape } from './drift/streams.ts'
import { autoregressive, daily, logNormal, normal, student } from './drift/streams.ts'
import type { GoalRow } from './support/goals.ts'
import { goalRow, renderGoals } from './support/goals.ts'
import { measureRates } from './support/measure.ts'
import { createRandom } from './support/random.ts'
import { argument, machine, writeJson } from './support/report.ts'

const MINUTE_MS = 60_000
const DAY_MS = 1440 * MINUTE_MS
const streams = Number(argument('streams') ?? 100)

const rows: GoalRow[] = [...alarmRows(), ...seasonRows(), ...delayRows(), ...distributionRows(), ...costRows()]
process.stdout.write(`${machine()}; ${streams} streams a delay\n\n${renderGoals(rows, 'CUSUM')}\n`)
writeJson(rows)

function alarmRows(): GoalRow[] {
  const per100k = (name: string, make: Parameters<typeof countAlarms>[2]['make'], goal?: number): GoalRow[] =>
    [MINUTE_MS, 5 * MINUTE_MS].map((intervalMs) => {
      const { own, peer, rows: all } = countAlarms(40, 20_000, { intervalMs, make })
      const title = `alarms, ${name}, a row each ${intervalMs / MINUTE_MS} min (${all} rows)`
      const extra = { peer: (peer * 1e5) / all, ...(goal === undefined ? {} : { goal: { atMost: goal } }) }
      return goalRow(title, 'per 100,000 rows', (own * 1e5) / all, extra)
    })
  return [
    ...per100k('N(0,1)', normal, 10),
    ...per100k('AR(0.8)', (random) => autoregressive(random, 0.8), 1),
    ...per100k('Student t, 5 degrees', (random) => student(random, 5)),
    ...per100k('log-normal', logNormal),
  ]
}

function seasonRows(): GoalRow[] {
  const shapes: readonly DayShape[] = ['sine', 'two waves', 'working hours']
  return shapes.flatMap((shape) =>
    [288, 1440].map((rowsPerDay) => {
      const counts = [1, 3, 10].map((amplitude) =>
        countAlarms(10, 10 * rowsPerDay, {
          intervalMs: DAY_MS / rowsPerDay,
          make: (random) => daily(random, { shape, rowsPerDay, amplitude }),
        }),
      )
      const sum = (pick: (each: (typeof counts)[number]) => number): number =>
        counts.reduce((total, each) => total + pick(each), 0)
      const title = `alarms, day of ${rowsPerDay} rows: ${shape}, amplitudes 1, 3, 10 (30 streams of 10 days)`
      const extra = { peer: sum(({ peer }) => peer) / 30, ...(shape === 'sine' ? { goal: { atMost: 0 } } : {}) }
      return goalRow(title, 'per stream', sum(({ own }) => own) / 30, extra)
    }),
  )
}

function delayRows(): GoalRow[] {
  const changes = [
    ['+1 sd', 'level', 60, (value: number) => value + 1],
    ['+0.5 sd', 'level', 150, (value: number) => value + 0.5],
    ['variance x 2', 'variance', 300, (value: number) => value * Math.SQRT2],
    ['sd x 2', 'variance', 300, (value: number) => value * 2],
  ] as const
  return changes.flatMap(([name, kind, atMost, change]) =>
    [
      [2000, 5],
      [2000, 1],
      [1000, 1],
    ].flatMap(([before = 0, minutes = 0]) => {
      const at = { intervalMs: minutes * MINUTE_MS, kind, change }
      const { own, ownMissed, ownMistaken, peer, peerMissed } = measureDelays(streams, before, at)
      const title = `${name} at row ${before}, a row each ${minutes} min`
      // On its first day a stream of a row a minute is harder: a season could begin so. Shown, not judged.
      const judged = before === 2000
      return [
        goalRow(`median delay, ${title}`, 'rows', own, { peer, ...(judged ? { goal: { atMost } } : {}) }),
        goalRow(`missed, ${title}`, `of ${streams}`, ownMissed, {
          peer: peerMissed,
          ...(judged ? { goal: { atMost: 0 } } : {}),
        }),
        goalRow(`told as the other kind, ${title}`, `of ${streams}`, ownMistaken),
      ]
    }),
  )
}

function distributionRows(): GoalRow[] {
  return [30, 300, 3000].flatMap((observations) => {
    const { falseAlarms, updates, delay } = measureDistributions(observations)
    return [
      goalRow(
        `distribution of ${observations} latencies an update: false alarms`,
        `in ${updates} updates`,
        falseAlarms,
      ),
      goalRow(`distribution of ${observations} latencies an update: found at 1.75 times`, 'updates', delay),
    ]
  })
}

function costRows(): GoalRow[] {
  const random = createRandom(1)
  const values = Float64Array.from({ length: 50_000 }, () => random.normal())
  const detector = createDriftDetector()
  let time = 0
  const run = (): void => {
    for (const value of values) detector.update((time += MINUTE_MS), value)
  }
  const rate =
    measureRates([{ name: 'drift', units: values.length, run }], { rounds: 5, roundMs: 200 }).get('drift') ?? NaN
  return [
    goalRow('cost', 'us CPU a row', 1e6 / rate, { goal: { atMost: 1 } }),
    goalRow('state', 'bytes a series', detector.save().length, { goal: { atMost: 8192 } }),
  ]
}
