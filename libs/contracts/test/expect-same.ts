import { isDeepStrictEqual } from 'node:util'
import { expect } from '@jest/globals'

/** toEqual takes milliseconds for a batch; it is only needed for its message. */
export function expectSame(actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) expect(actual).toEqual(expected)
}
