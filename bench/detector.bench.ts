/**
 * What does watching a series cost? CPU a point, memory a series with all objects, and the time to save and restore 100,000 series (`--series N`);
 * then what that makes of 500,000 series with a point every 10 s on one core.
 */
import { measureCost } from './detector/cost.ts'
import { KINDS } from './detector/subjects.ts'
import type { Column, Row } from './support/report.ts'
import { argument, machine, renderTable, writeJson } from './support/report.ts'

const COLUMNS: readonly Column[] = [
  { key: 'name', title: 'a series' },
  { key: 'hot', title: 'us/point, one series', decimals: 2 },
  { key: 'cold', title: 'us/point, all taking turns', decimals: 2 },
  { key: 'bytes', title: 'B/series', decimals: 0 },
  { key: 'saved', title: 'B saved', decimals: 0 },
  { key: 'save', title: 's to save all, CPU', decimals: 2 },
  { key: 'saveWall', title: 'wall', decimals: 2 },
  { key: 'restore', title: 's to restore all, CPU', decimals: 2 },
  { key: 'restoreWall', title: 'wall', decimals: 2 },
  { key: 'core', title: '500,000 series at 10 s, % of a core' },
]
const WATCHED = 500_000
const INTERVAL_S = 10

const series = Number(argument('series') ?? 100_000)
process.stdout.write(
  `${machine()}; ${series} series; CPU time of this process where nothing else is said.\nDrift and forecasts are opt-in: a twentieth as many are measured, and their seconds multiplied.\n\n`,
)
const results: Row[] = KINDS.map((kind) => {
  const { hotUs, coldUs, bytes, savedBytes, save, restore } = measureCost(kind, series)
  return {
    name: kind.budget === undefined ? kind.name : `${kind.name} (at most ${kind.budget.us} us, ${kind.budget.bytes} B)`,
    hot: hotUs,
    cold: coldUs,
    bytes,
    saved: savedBytes,
    save: save.cpu,
    saveWall: save.wall,
    restore: restore.cpu,
    restoreWall: restore.wall,
    core: ((WATCHED / INTERVAL_S) * coldUs) / 1e4,
  }
})
process.stdout.write(`${renderTable(COLUMNS, results)}\n`)
writeJson(results)
