/** Merges Jest's coverage with the V8 coverage that child processes wrote, and judges it layer by layer. */
import coverageLibrary, { type CoverageMap, type CoverageMapData } from 'istanbul-lib-coverage'
import reportLibrary from 'istanbul-lib-report'
import reports from 'istanbul-reports'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import v8ToIstanbul from 'v8-to-istanbul'

type V8Functions = Parameters<ReturnType<typeof v8ToIstanbul>['applyCoverage']>[0]
interface V8Report {
  readonly result: readonly { readonly url: string; readonly functions: V8Functions }[]
}

/** Lines that tests must reach, in per cent of all lines. */
export const THRESHOLDS: Readonly<Record<string, number>> = { libs: 95, apps: 90 }

export interface LayerCoverage {
  readonly layer: string
  readonly percent: number
  readonly threshold: number
}

const root = process.cwd()

/** Only our own product code counts: not tests, not what is generated, not files of types that never run. */
export function isCounted(file: string): boolean {
  const path = relative(root, file).split(sep).join('/')
  if (!/^(libs|apps)\/[^/]+\/src\/.*\.ts$/.test(path)) return false
  if (/\.spec\.ts$|\/generated\/|^libs\/testing\//.test(path)) return false
  return hasCode(readFileSync(file, 'utf8'))
}

function hasCode(source: string): boolean {
  if (/^@\w+\(/m.test(source)) return true
  const code = stripTypeScriptTypes(source).replace(/\/\*[^]*?\*\/|\/\/.*|export \{\}/g, '')
  return code.trim() !== ''
}

export async function mergeCoverage(jestReport: string, childFolder: string): Promise<CoverageMap> {
  const map = coverageLibrary.createCoverageMap({})
  if (existsSync(jestReport)) map.merge(JSON.parse(readFileSync(jestReport, 'utf8')) as CoverageMapData)
  const children = existsSync(childFolder) ? readdirSync(childFolder) : []
  for (const name of children) map.merge(await childCoverage(join(childFolder, name)))
  map.filter(isCounted)
  return map
}

async function childCoverage(file: string): Promise<CoverageMap> {
  const map = coverageLibrary.createCoverageMap({})
  for (const script of parse(file).result) {
    if (!script.url.startsWith('file://')) continue
    const path = fileURLToPath(script.url)
    if (!path.startsWith(join(root, 'dist', 'apps')) || !existsSync(path)) continue
    const converter = v8ToIstanbul(path)
    await converter.load()
    converter.applyCoverage(script.functions)
    map.merge(converter.toIstanbul())
    converter.destroy()
  }
  return map
}

/** A process that was killed while it wrote leaves half a file: that process is not counted. */
function parse(file: string): V8Report {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as V8Report
  } catch (error) {
    if (error instanceof SyntaxError) return { result: [] }
    throw error
  }
}

export function judge(map: CoverageMap): readonly LayerCoverage[] {
  return Object.entries(THRESHOLDS).map(([layer, threshold]) => {
    const summary = coverageLibrary.createCoverageSummary()
    for (const file of map.files()) {
      if (relative(root, file).startsWith(layer + sep)) summary.merge(map.fileCoverageFor(file).toSummary())
    }
    return { layer, percent: summary.lines.pct, threshold }
  })
}

export function writeReports(map: CoverageMap, dir: string): void {
  const context = reportLibrary.createContext({ dir, coverageMap: map })
  for (const name of ['json-summary', 'lcovonly'] as const) reports.create(name).execute(context)
}

/** The files with the most lines that no test reaches, for people. */
export function worstFiles(map: CoverageMap, count: number): readonly string[] {
  return map
    .files()
    .map((file) => ({ file, lines: map.fileCoverageFor(file).toSummary().lines }))
    .filter(({ lines }) => lines.total > lines.covered)
    .sort((a, b) => b.lines.total - b.lines.covered - (a.lines.total - a.lines.covered))
    .slice(0, count)
    .map(({ file, lines }) => `${relative(root, file)}: ${lines.covered} of ${lines.total} lines`)
}
