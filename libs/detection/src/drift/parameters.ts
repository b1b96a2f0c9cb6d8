/**
 * Settings that belong together and were chosen together, on synthetic streams of many seeds (bench/drift.bench.ts shows what they give).
 * None depends on the unit, the scale or the interval of a series.
 */

/** Rows that become one block: tests run once a block. */
export const BLOCK_ROWS = 8
/** Blocks double in size from level to level; a window holds up to PER_LEVEL of each. 9 levels are some 20,000 rows. */
export const LEVELS = 9
export const PER_LEVEL = 5
/** Sizes of blocks (8 rows and its doubles) of which the variation from block to block is learned. */
export const SCALES = 10
/** Harmonics of a day: sine and cosine of 24 h and of 12 h. */
export const HARMONICS = 4
export const DAY_MS = 86_400_000

/** Two streams are tested: the values for their level, the sizes of what could not be foreseen of them for their variance. */
export const LEVEL = 0 as const
export const SPREAD = 1 as const

/** What is learned is put aside every 64 rows and used 128 to 320 rows later, so that a change does not hide in what it is compared with. */
export const SNAPSHOT_ROWS = 64
export const SNAPSHOTS = 6
export const WARM_UP_ROWS = 384
