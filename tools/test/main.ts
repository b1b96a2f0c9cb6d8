/**
 * npm test: types and lint, then every test on real components with coverage. Ends with `N passed, N failed`.
 * `npm test -- PATTERN` runs just the tests whose path matches, without lint and coverage.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { run } from '../run.ts'
import { prepareTestPrograms, startStack } from '../stack/index.ts'
import { judge, mergeCoverage, worstFiles, writeReports } from './coverage.ts'

interface JestReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numFailedTestSuites: number
  readonly numRuntimeErrorTestSuites: number
  readonly testResults: readonly {
    readonly name: string
    readonly assertionResults: readonly FailedTest[]
  }[]
}

interface FailedTest {
  readonly fullName: string
  readonly status: string
  readonly failureMessages: readonly string[] | null
}

interface FaultsReport {
  readonly results: readonly { readonly name: string; readonly failures: readonly string[] }[]
}

const root = process.cwd()
const coverageDir = join(root, 'coverage')
const childCoverage = join(coverageDir, 'children')
const pattern = process.argv.slice(2)
const whole = pattern.length === 0
const SHOWN_LINES = 30
const SHOWN_COLUMNS = 200
const onProgress = (line: string): boolean => process.stderr.write(`stack: ${line}\n`)
let passed = 0
let failed = 0
/** What is said once more at the end, where it is found: what jest says about it scrolled away long before. */
const failures: string[] = []

function check(name: string, ok: boolean, detail = ''): void {
  if (ok) passed += 1
  else failed += 1
  const line = `${ok ? 'ok    ' : 'FAILED'} ${name}${detail === '' ? '' : `: ${detail}`}\n`
  if (!ok) failures.push(line)
  process.stdout.write(line)
}

function noteFailures({ testResults }: JestReport): void {
  for (const { name, assertionResults } of testResults)
    for (const { fullName, status, failureMessages } of assertionResults) {
      if (status !== 'failed') continue
      failures.push(`FAILED ${relative(root, name)}: ${fullName}\n${indent(failureMessages?.[0] ?? '')}\n`)
    }
}

function indent(message: string): string {
  const lines = message.split('\n').filter((line) => !/^ +at .*(node_modules|node:internal)/.test(line))
  return lines
    .slice(0, SHOWN_LINES)
    .map((line) => `    ${line.slice(0, SHOWN_COLUMNS)}`)
    .join('\n')
}

async function runJest(env: Readonly<Record<string, string>>): Promise<void> {
  const output = join(coverageDir, 'jest.json')
  const coverage = [
    '--coverage',
    '--coverageProvider=v8',
    '--coverageReporters=json',
    '--coverageDirectory=coverage/jest',
  ]
  const args = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js']
  // A worker keeps the modules of every test file that it ran, and coverage looks at all of them each time: begin anew before that takes longer than the tests.
  const workers = ['--maxWorkers=2', '--workerIdleMemoryLimit=768MB']
  const options = [...workers, '--json', `--outputFile=${output}`, ...(whole ? coverage : pattern)]
  await run('node', [...args, ...options], {
    ...process.env,
    ...env,
    ...(whole ? { PEGEL_CHILD_COVERAGE: childCoverage } : {}),
  })
  const report = JSON.parse(readFileSync(output, 'utf8')) as JestReport
  passed += report.numPassedTests
  failed += report.numFailedTests
  noteFailures(report)
  if (report.numRuntimeErrorTestSuites > 0)
    check('every test file loads', false, `${report.numRuntimeErrorTestSuites} did not`)
  if (report.numPendingTests > 0) check('no test is skipped', false, `${report.numPendingTests} are`)
}

/** Six faults on a stack of their own; each is a check. */
async function runFaultSmoke(): Promise<void> {
  const json = join(coverageDir, 'faults.json')
  await run('node', ['e2e/faults/main.ts', '--smoke', '--json', json])
  const { results } = JSON.parse(readFileSync(json, 'utf8')) as FaultsReport
  for (const { name, failures } of results) check(`fault ${name}`, failures.length === 0, failures.join('; '))
  check('six faults were tried', results.length === 6, `${results.length} were`)
}

async function judgeCoverage(): Promise<void> {
  const map = await mergeCoverage(join(coverageDir, 'jest', 'coverage-final.json'), childCoverage)
  writeReports(map, coverageDir)
  const layers = judge(map)
  for (const { layer, percent, threshold } of layers)
    check(`coverage of ${layer}`, percent >= threshold, `${percent} % of lines, at least ${threshold} %`)
  process.stdout.write(
    `least covered:\n${worstFiles(map, 12)
      .map((line) => `  ${line}\n`)
      .join('')}`,
  )
}

async function main(): Promise<void> {
  rmSync(coverageDir, { recursive: true, force: true })
  mkdirSync(childCoverage, { recursive: true })
  check('the applications build', (await run('node', ['tools/build.ts'])) === 0)
  const preparing = whole ? prepareTestPrograms(onProgress) : Promise.resolve([])
  if (whole) check('types, lint, format and generated files', (await run('node', ['tools/lint.ts'])) === 0)
  for (const problem of await preparing) check('a program that tests need is there', false, problem)
  const stack = await startStack(['kafka', 'elasticsearch', 'influxdb', 'prometheus'], {
    dataDir: join(root, '.stack', `test-${process.pid}`),
    onProgress,
  })
  process.once('SIGINT', () => void stack.stop().then(() => process.exit(130)))
  process.once('SIGTERM', () => void stack.stop().then(() => process.exit(143)))
  try {
    for (const missing of stack.unavailable) check(`${missing.component} runs`, false, missing.message)
    await runJest(stack.env)
  } finally {
    await stack.stop()
  }
  if (!whole) return
  await runFaultSmoke()
  await judgeCoverage()
}

try {
  await main()
} catch (error) {
  check('the test run itself', false, error instanceof Error ? (error.stack ?? error.message) : String(error))
}
process.stdout.write(`\n${failures.join('')}\n${passed} passed, ${failed} failed\n`)
process.exit(failed === 0 && passed > 0 ? 0 : 1)
