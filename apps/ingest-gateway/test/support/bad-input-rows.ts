import { readFileSync } from 'node:fs'

/** A row of a door's table of bad input: what is sent, and the HTTP status and code that its second column begins with. */
export interface BadInputRow {
  readonly input: string
  readonly status: number
  readonly code: string
  /** The whole of the second column. */
  readonly answer: string
}

/** The rows of the table in a door's README, so that a test runs each of them and fails for one that it does not know. */
export function badInputRows(door: string): readonly BadInputRow[] {
  const lines = readFileSync(`apps/ingest-gateway/src/doors/${door}/README.md`, 'utf8').split('\n')
  const start = lines.findIndex((line) => /^\|\s*bad input\b/.test(line))
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'))
  return lines.slice(start + 2, end).map((line) => {
    const [, input = '', answer = ''] = line.split('|').map((cell) => cell.trim())
    const [, status = '', code = ''] = /^(\d{3})? ?`([\w.]+)`/.exec(answer) ?? []
    if (code === '') throw new Error(`no code in the answer of this row: ${line}`)
    return { input, status: Number(status), code, answer }
  })
}
