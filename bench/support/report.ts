import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'

export interface Column {
  readonly key: string
  readonly title: string
  /** Decimals of a number; default 1. */
  readonly decimals?: number
}

export type Row = Readonly<Record<string, string | number>>

/** A table as aligned text that is also Markdown. */
export function renderTable(columns: readonly Column[], rows: readonly Row[]): string {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => columns.map((column) => cell(row, column)))]
  const widths = columns.map((_, index) => Math.max(3, ...cells.map((line) => line[index]?.length ?? 0)))
  const isNumber = columns.map(({ key }) => rows.every((row) => typeof row[key] === 'number'))
  const lines = cells.map((line) => {
    const padded = line.map((text, index) =>
      isNumber[index] === true ? text.padStart(widths[index] ?? 0) : text.padEnd(widths[index] ?? 0),
    )
    return `| ${padded.join(' | ')} |`
  })
  const rule = `|${widths.map((width, index) => (isNumber[index] === true ? `${'-'.repeat(width + 1)}:` : '-'.repeat(width + 2))).join('|')}|`
  return [lines[0], rule, ...lines.slice(1)].join('\n')
}

/** The value of `--name VALUE` among the arguments. */
export function argument(name: string): string | undefined {
  const at = process.argv.indexOf(`--${name}`)
  return at === -1 ? undefined : process.argv[at + 1]
}

/** Where it was measured, in one line, with how fast a core is at the moment: figures of a throttled machine are comparable within a run only. */
export function machine(): string {
  const [cpu] = cpus()
  const speed = `${coreSpeed().toFixed(0)} M dependent multiplications a CPU-second`
  return `Node ${process.versions.node}, ${cpus().length} x ${cpu?.model ?? 'unknown CPU'}, ${speed}`
}

/** Bound by the latency of a multiplication and an addition: nothing but the clock of the core. */
function coreSpeed(): number {
  multiply(1e6)
  const before = process.cpuUsage()
  multiply(2e7)
  return 20 / (process.cpuUsage(before).user / 1e6)
}

function multiply(times: number): number {
  let value = 0
  for (let index = 0; index < times; index += 1) value = (Math.imul(value, 31) + index) | 0
  return value
}

/** Writes the results to the file of `--json FILE`, if that was given. */
export function writeJson(results: unknown): void {
  const file = argument('json')
  if (file === undefined) return
  writeFileSync(file, `${JSON.stringify({ machine: machine(), results }, null, 2)}\n`)
}

function cell(row: Row, { key, decimals = 1 }: Column): string {
  const value = row[key] ?? ''
  return typeof value === 'number' ? value.toFixed(decimals) : value
}
