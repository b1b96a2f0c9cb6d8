import { DETECTION_THRESHOLD } from '@pegel/detection'
import { scoredOf } from './run-detector.ts'
import { normalised, scoreAt } from './score.ts'
import type { Windows } from './score.ts'
import type { Series } from './series.ts'

/** The one setting that a fold chooses anew on the series that it is shown, from a grid fixed beforehand. 1 is what is shipped. */
const SENSITIVITIES = [0.9, 0.95, 1, 1.05, 1.1] as const
const FOLDS = 5
const REPEATS = 40

export interface CrossValidation {
  /** Of all series, each judged with what the others chose; the mean over the ways to divide them, and one standard error. */
  readonly byFile: { readonly score: number; readonly error: number; readonly spread: number }
  readonly byCategory: { readonly score: number; readonly chosen: Readonly<Record<string, number>> }
  /** At the shipped setting, by category, and the standard error by leaving out one series at a time. */
  readonly categories: readonly { name: string; score: number; windows: number; hit: number; falseRows: number }[]
  readonly error: number
}

interface Judged {
  readonly category: string
  readonly windows: number
  /** Raw score by sensitivity, in the order of the grid. */
  readonly raws: readonly number[]
}

export function crossValidate(series: readonly Series[], windows: Readonly<Record<string, Windows>>): CrossValidation {
  const scored = SENSITIVITIES.map((sensitivity) =>
    series.map((one) => scoredOf(one, windows[one.name] ?? [], sensitivity)),
  )
  const judged = series.map(({ name }, index): Judged => ({
    category: categoryOf(name),
    windows: (windows[name] ?? []).length,
    raws: scored.map((all) => scoreAt(all.slice(index, index + 1), DETECTION_THRESHOLD).raw),
  }))
  const shipped = scored[SENSITIVITIES.indexOf(1)] ?? []
  const names = [...new Set(judged.map(({ category }) => category))]
  return {
    byFile: repeatFolds(judged),
    byCategory: leaveOut(judged, names),
    categories: names.map((name) => ({
      name,
      ...scoreAt(
        shipped.filter((one) => categoryOf(one.name) === name),
        DETECTION_THRESHOLD,
      ),
    })),
    error: jackknife(judged),
  }
}

function categoryOf(name: string): string {
  return name.split('/')[0] ?? ''
}

/** The place in the grid that is best for these series; of equal ones the nearest to what is shipped. */
function choose(judged: readonly Judged[]): number {
  const totals = SENSITIVITIES.map((_, at) => sum(judged.map(({ raws }) => raws[at] ?? 0)))
  const best = Math.max(...totals)
  const order = SENSITIVITIES.map((_, at) => at).sort((a, b) => distance(a) - distance(b))
  return order.find((at) => totals[at] === best) ?? 0
}

function distance(at: number): number {
  return Math.abs((SENSITIVITIES[at] ?? 1) - 1)
}

function held(folds: readonly (readonly Judged[])[], all: readonly Judged[]): number {
  const raws = folds.map((fold) => {
    const at = choose(all.filter((one) => !fold.includes(one)))
    return sum(fold.map(({ raws }) => raws[at] ?? 0))
  })
  return normalised(sum(raws), sum(all.map(({ windows }) => windows)))
}

function repeatFolds(judged: readonly Judged[]): CrossValidation['byFile'] {
  const scores = Array.from({ length: REPEATS }, (_, repeat) => {
    const shuffled = shuffle(judged, repeat)
    const folds = Array.from({ length: FOLDS }, (_, fold) => shuffled.filter((_, index) => index % FOLDS === fold))
    return held(folds, judged)
  })
  const mean = sum(scores) / REPEATS
  const spread = Math.sqrt(sum(scores.map((score) => (score - mean) ** 2)) / (REPEATS - 1))
  return { score: mean, spread, error: jackknife(judged) }
}

function leaveOut(judged: readonly Judged[], names: readonly string[]): CrossValidation['byCategory'] {
  const folds = names.map((name) => judged.filter(({ category }) => category === name))
  const chosen = names.map((name) => {
    const at = choose(judged.filter(({ category }) => category !== name))
    return [name, SENSITIVITIES[at] ?? 1] as const
  })
  return { score: held(folds, judged), chosen: Object.fromEntries(chosen) }
}

/** Standard error of the score at the shipped setting, over series: how much another choice of series would change it. */
function jackknife(judged: readonly Judged[]): number {
  const at = SENSITIVITIES.indexOf(1)
  const scores = judged.map((left) => {
    const rest = judged.filter((one) => one !== left)
    return normalised(sum(rest.map(({ raws }) => raws[at] ?? 0)), sum(rest.map(({ windows }) => windows)))
  })
  const mean = sum(scores) / scores.length
  return Math.sqrt(((scores.length - 1) / scores.length) * sum(scores.map((score) => (score - mean) ** 2)))
}

/** Fisher and Yates, with a linear congruential generator: the same in every run. */
function shuffle<T>(items: readonly T[], seed: number): readonly T[] {
  const all = [...items]
  let state = seed + 1
  for (let index = all.length - 1; index > 0; index--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const other = Math.floor((state / 2 ** 32) * (index + 1))
    const [a, b] = [all[index], all[other]]
    if (a !== undefined && b !== undefined) {
      all[index] = b
      all[other] = a
    }
  }
  return all
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
