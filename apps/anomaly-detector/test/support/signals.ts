import { gauge } from '@pegel/testing'
import type { SeriesExtras, SeriesSpec } from '@pegel/testing'

export const SECOND_MS = 1000

/** Pseudo-random and the same in every run. */
export function noise(index: number): number {
  const x = Math.sin(index * 12.9898 + 78.233) * 43758.5453
  return x - Math.floor(x) - 0.5
}

/** A level with a little noise; `fault` replaces it in part. */
export function level(
  index: number,
  fault?: { readonly from: number; readonly to: number; readonly value: number },
): number {
  if (fault !== undefined && index >= fault.from && index < fault.to) return fault.value + noise(index)
  return 10 + noise(index)
}

/** Points `from` to `to` of a gauge, one a second since `startMs`. */
export function gaugeOf(
  name: string,
  { from, to, startMs, fault }: { from: number; to: number; startMs: number; fault?: Parameters<typeof level>[1] },
  extras: SeriesExtras = {},
): SeriesSpec {
  const points = Array.from({ length: to - from }, (_, index) => {
    const at = from + index
    return [startMs + at * SECOND_MS, level(at, fault)] as const
  })
  return gauge(name, points, extras)
}
