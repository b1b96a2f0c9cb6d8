/**
 * Times travel as ns since the epoch in a signed 64-bit long, as base + delta. Within +-2^62 ns (1823 to 2116) any
 * difference of two fits a long again.
 */
export const MAX_TIME_MS = 4_611_686_018_426

/** Can a point or start time of this many ms since the epoch be written? False for NaN. */
export function isRepresentableTime(timeMs: number): boolean {
  return timeMs >= -MAX_TIME_MS && timeMs <= MAX_TIME_MS
}
