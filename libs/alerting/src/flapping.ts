import type { FlappingConfig } from '@pegel/tenancy'

/** Changes of state that are remembered: as many as the limit may ask for. */
const MAX_CHANGES = 100

/** The changes that still count after one more at this time. */
export function rememberChange(
  changes: readonly number[],
  atMs: number,
  flapping: FlappingConfig | undefined,
): readonly number[] {
  return flapping === undefined ? [] : [...recent(changes, atMs, flapping), atMs].slice(-MAX_CHANGES)
}

/** How long an alert that has changed its state so often must be calm before its end is believed; 0: it does not flap. */
export function flapHoldMs(changes: readonly number[], nowMs: number, flapping: FlappingConfig | undefined): number {
  if (flapping === undefined) return 0
  return recent(changes, nowMs, flapping).length >= flapping.changes ? flapping.calmMs : 0
}

function recent(changes: readonly number[], nowMs: number, { withinMs }: FlappingConfig): readonly number[] {
  return changes.filter((each) => each > nowMs - withinMs)
}
