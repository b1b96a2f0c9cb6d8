/**
 * How good is the detector? The Numenta Anomaly Benchmark: 30 of its series by default (bench/nab/data), one fixed threshold and one setting for all.
 * `--data DIR --windows FILE` takes another folder, `--out DIR` writes timestamp,anomaly_score for each series, `--json FILE` keeps the figures.
 * Without `--windows` for another folder nothing is scored, only written.
 */
import { DETECTION_THRESHOLD } from '@pegel/detection'
import { crossValidate } from './nab/cross-validate.ts'
import type { CrossValidation } from './nab/cross-validate.ts'
import { PUBLISHED } from './nab/published.ts'
import { scoredOf, writeScores } from './nab/run-detector.ts'
import { PROFILES, scoreAt, scoreBest } from './nab/score.ts'
import type { Profile } from './nab/score.ts'
import { readFolder, readWindows } from './nab/series.ts'
import type { Column, Row } from './support/report.ts'
import { argument, renderTable, writeJson } from './support/report.ts'

const SHIPPED = 'bench/nab/data'
const folder = argument('data') ?? SHIPPED
const out = argument('out')
const windowsFile = argument('windows') ?? (folder === SHIPPED ? `${SHIPPED}/windows.json` : undefined)

const RESULT_COLUMNS: readonly Column[] = [
  { key: 'name', title: '' },
  { key: 'score', title: 'score' },
  { key: 'windows', title: 'windows hit', decimals: 0 },
  { key: 'falseRows', title: 'false rows', decimals: 0 },
]

const series = readFolder(folder)
const windows = readWindows(windowsFile)
const points = series.reduce((count, { values }) => count + values.length, 0)
const scored = series.map((one) => scoredOf(one, windows[one.name] ?? []))
print(`${series.length} series, ${points} points; threshold ${DETECTION_THRESHOLD}`)
if (out !== undefined) {
  for (const one of scored) writeScores(out, one)
  print(`scores of ${scored.length} series are in ${out}`)
}
const missing = Object.keys(windows).filter((name) => !series.some((one) => one.name === name))
if (missing.length > 0) print(`labelled, but not in ${folder}: ${missing.join(', ')}`)
const labelled = scored.filter(({ name }) => windows[name] !== undefined)
if (labelled.length === 0) print('no labels: nothing to score (--windows FILE)')
else report()

function report(): void {
  const profiles = (Object.keys(PROFILES) as Profile[]).map((profile): Row => {
    const { score, hit, windows: count, falseRows } = scoreAt(labelled, DETECTION_THRESHOLD, profile)
    return { name: `profile ${profile}`, score, windows: `${hit} of ${count}`, falseRows }
  })
  print(`\nThe fixed threshold:\n\n${renderTable(RESULT_COLUMNS, profiles)}`)
  const best = scoreBest(labelled)
  print(
    `\nNAB itself chooses the best threshold afterwards; for this detector: ${best.score.toFixed(1)} (at ${best.threshold.toFixed(3)}).`,
  )
  const validation = crossValidate(
    series.filter(({ name }) => windows[name] !== undefined),
    windows,
  )
  printCategories(validation)
  printValidation(validation, Number(profiles[0]?.score))
  if (folder === SHIPPED) printPublished(Number(profiles[0]?.score), validation)
  writeJson({ profiles, best, validation })
}

function printCategories({ categories }: CrossValidation): void {
  const rows = categories.map(({ name, score, hit, windows: count, falseRows }) => ({
    name,
    score: count === 0 ? '–' : score.toFixed(1),
    windows: `${hit} of ${count}`,
    falseRows,
  }))
  print(`\nBy category, standard profile:\n\n${renderTable(RESULT_COLUMNS, rows)}`)
}

function printValidation({ byFile, byCategory, error }: CrossValidation, shown: number): void {
  print(`
Cross-validation. In each fold one setting, the sensitivity (0.9, 0.95, 1, 1.05 or 1.1), is chosen on the series shown and judged on those held out.
The design itself (which statistics, their lengths, the threshold) was chosen once, with all 30 series of this folder in view, among neighbours that
score alike; no fold chooses it anew, so its share of optimism is not in these figures.

held out by file, 5 folds, 40 ways   ${byFile.score.toFixed(1)}   (spread over the ways ${byFile.spread.toFixed(1)})
held out by category                 ${byCategory.score.toFixed(1)}
shown                                ${shown.toFixed(1)}   (one standard error over series ${error.toFixed(1)})
shown minus held out                 ${(shown - byFile.score).toFixed(1)} by file, ${(shown - byCategory.score).toFixed(1)} by category`)
}

function printPublished(shown: number, { byFile, byCategory }: CrossValidation): void {
  const columns: readonly Column[] = [
    { key: 'name', title: 'detector' },
    { key: 'these', title: 'these 30' },
    { key: 'all', title: 'all 58' },
    { key: 'note', title: '' },
  ]
  const cell = (score: number | undefined): string => score?.toFixed(1) ?? '–'
  const own = [
    { name: 'Pegel', these: cell(shown), all: '–', note: 'one fixed threshold, sees one point at a time' },
    { name: 'Pegel, held out by file', these: cell(byFile.score), all: '–', note: '' },
    { name: 'Pegel, held out by category', these: cell(byCategory.score), all: '–', note: '' },
  ]
  const others = PUBLISHED.map(({ name, these, all, note = '' }) => ({
    name,
    these: cell(these),
    all: cell(all),
    note,
  }))
  print(
    `\nStandard profile; the published ones with the threshold that NAB chooses afterwards:\n\n${renderTable(columns, [...own, ...others])}`,
  )
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
