import type { ExponentialBuckets } from '@pegel/contracts'

/** Merges 2^shift neighbours: bucket i becomes i >> shift, which is exact. */
export function coarserBuckets({ offset, counts }: ExponentialBuckets, shift: number): ExponentialBuckets {
  if (shift === 0 || counts.length === 0) return { offset, counts }
  const factor = 2 ** shift
  const first = Math.floor(offset / factor)
  const last = Math.floor((offset + counts.length - 1) / factor)
  const merged = new Array<number>(last - first + 1).fill(0)
  counts.forEach((count, index) => {
    const at = Math.floor((offset + index) / factor) - first
    merged[at] = (merged[at] ?? 0) + count
  })
  return { offset: first, counts: merged }
}
