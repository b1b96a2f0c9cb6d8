import type { PegelError } from '@pegel/errors'
import type { Precision } from '../../line-protocol/index.ts'

/** InfluxDB 2's API and the one of 1.x, which differ in their parameters and in the form of their errors. */
export type Dialect = 'v1' | 'v2'

/** InfluxDB's words for a precision, by API. Without the parameter it is nanoseconds. */
export const PRECISIONS: Readonly<Record<Dialect, ReadonlyMap<string, Precision>>> = {
  v1: new Map<string, Precision>([
    ['n', 'ns'],
    ['ns', 'ns'],
    ['u', 'us'],
    ['us', 'us'],
    ['µ', 'us'],
    ['ms', 'ms'],
    ['s', 's'],
    ['m', 'm'],
    ['h', 'h'],
  ]),
  v2: new Map<string, Precision>([
    ['ns', 'ns'],
    ['us', 'us'],
    ['ms', 'ms'],
    ['s', 's'],
  ]),
}

/** InfluxDB 2's error codes by HTTP status (its API's schema `Error`). */
const CODES: Readonly<Record<number, string>> = {
  400: 'invalid',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not found',
  405: 'method not allowed',
  413: 'request too large',
  415: 'invalid',
  429: 'too many requests',
  500: 'internal error',
  503: 'unavailable',
}

/** Body of an error in the form that clients of the API read. `line`: the first bad line of the body. */
export function errorBody(dialect: Dialect, status: number, { error, line }: ErrorText): object {
  const message = `${error.message} (${error.code})`
  if (dialect === 'v1') return { error: message }
  return { code: CODES[status] ?? 'internal error', message, ...(line === undefined ? {} : { line }) }
}

export interface ErrorText {
  readonly error: PegelError
  readonly line?: number | undefined
}
