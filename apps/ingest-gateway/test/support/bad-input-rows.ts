import { readFileSync } from 'node:fs'

/** A row of a door's table of bad input: what is sent, and the HTTP status and code that its second column begins with. */
export interface BadInputRow {
  readonly input: string
  /** 0 where none is told. */
  readonly status: number
  /** Empty where the door itself does not answer. */
  readonly code: string
  /** The whole of the second column. */
  readonly answer: string
}

/** Both columns of the table of bad input in a door's README. */
export function tableOf(door: string): readonly Pick<BadInputRow, 'input' | 'answer'>[] {
  const lines = readFileSync(`apps/ingest-gateway/src/doors/${door}/README.md`, 'utf8').split('\n')
  const start = lines.findIndex((line) => /^\|\s*bad input\b/.test(line))
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'))
  return lines.slice(start + 2, end).map((line) => {
    const [, input = '', answer = ''] = line.split('|').map((cell) => cell.trim())
    return { input, answer }
  })
}

/** The rows of the table in a door's README, so that a test runs each of them and fails for one that it does not know. */
export function badInputRows(door: string): readonly BadInputRow[] {
  return tableOf(door).map(({ input, answer }) => {
    const [, status = '', code = ''] = /^(\d{3})? ?(?:`([\w.]+)`|of HTTP itself)/.exec(answer) ?? []
    if (status === '' && code === '' && !answer.startsWith('nothing'))
      throw new Error(`no code in the answer: ${answer}`)
    return { input, status: Number(status), code, answer }
  })
}

/** The row for this input. */
export function rowOf<R extends { readonly input: string }>(rows: readonly R[], input: string): R {
  const found = rows.find((row) => row.input === input)
  if (found === undefined) throw new Error(`the README has no row "${input}"`)
  return found
}
