import { status } from '@grpc/grpc-js'
import { tableOf } from './bad-input-rows.ts'

export { rowOf } from './bad-input-rows.ts'

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
  return tableOf(door).map(({ input, answer }) => {
    const [, status = ''] = /`([A-Z_]{2,})`/.exec(answer) ?? []
    const [, reason] = /`([a-z_]+\.[a-z_]+)`/.exec(answer) ?? []
    return { input, status, reason, retry: /RetryInfo|with a delay/.test(answer), answer }
  })
}

/** What an answer must be to agree with its row. */
export function expectedOf({ status, reason, retry }: GrpcRow, seconds: unknown): object {
  return { status, reason, retryAfterS: retry ? seconds : undefined }
}

/** The same of a refusal before it is on the wire. */
export function expectedRefusal(
  row: GrpcRow,
  seconds: unknown,
): { readonly code: status; readonly reason: string | undefined; readonly retryAfterS: unknown } {
  const code = status[row.status as keyof typeof status]
  return { code, reason: row.reason, retryAfterS: row.retry ? seconds : undefined }
}
