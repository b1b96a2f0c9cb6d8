import { expect, it } from '@jest/globals'
import { isStaleNaN, writeStaleNaN } from './stale-nan.ts'

it('the staleness marker is Prometheus 0x7ff0000000000002, and no other NaN', () => {
  const view = new DataView(new ArrayBuffer(16))
  writeStaleNaN(view, 8)
  expect(view.getBigUint64(8, true)).toBe(0x7ff0000000000002n)
  expect(view.getFloat64(8, true)).toBeNaN()
  expect(isStaleNaN(view, 8)).toBe(true)
  view.setFloat64(0, NaN, true)
  expect(isStaleNaN(view, 0)).toBe(false)
})
