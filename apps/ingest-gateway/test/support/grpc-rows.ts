import { readFileSync } from 'node:fs'

/** A row of a gRPC door's table of bad input. */
export interface GrpcRow {
  readonly input: string
  readonly status: string
  /** Code of the error; undefined when gRPC itself refuses. */
  readonly reason: string | undefined
  readonly retry: boolean
  /** The whole of the second column. */
  readonly answer: string
}

/** The rows of the tables of bad input in a door's README, so that a test can say which of them it has run. */
export function grpcRows(door: string): readonly GrpcRow[] {
  const lines = readFileSync(`apps/ingest-gateway/src/doors/${door}/README.md`, 'utf8').split('\n')
  const start = lines.findIndex((line) => /^\|\s*bad input\b/.test(line))
  const end = lines.findIndex((line, index) => index > start && !line.startsWith('|'))
  return lines.slice(start + 2, end).map((line) => {
    const [, input = '', answer = ''] = line.split('|').map((cell) => cell.trim())
    const [, status = ''] = /`([A-Z_]{2,})`/.exec(answer) ?? []
    const [, reason] = /`([a-z_]+\.[a-z_]+)`/.exec(answer) ?? []
    return { input, status, reason, retry: /RetryInfo|with a delay/.test(answer), answer }
  })
}

/** The row for this input. */
export function rowOf(rows: readonly GrpcRow[], input: string): GrpcRow {
  const found = rows.find((row) => row.input === input)
  if (found === undefined) throw new Error(`the README has no row "${input}"`)
  return found
}

/** What an answer must be to agree with its row. */
export function expectedOf({ status, reason, retry }: GrpcRow, seconds: unknown): object {
  return { status, reason, retryAfterS: retry ? seconds : undefined }
}
