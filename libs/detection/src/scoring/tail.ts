import { BINS, BINS_PER_TAIL, TAILS } from './slab.ts'
import type { Slab } from './slab.ts'

export type TailStore = Pick<Slab, 'floats' | 'words' | 'f' | 'w'>

/** How a statistic becomes a tail probability. */
export interface TailSettings {
  /** Where its four floats are (weight, decay not yet applied, samples, logarithm of the top bin), and its bins among the words. */
  readonly floatsAt: number
  readonly wordsAt: number
  /** What one sample counts: the points that it stands for, or less when samples of one event are alike. */
  readonly weight: number
  /** Samples after which one counts 1/e. */
  readonly memory: number
  /** Forgets the beginning faster, when the statistic itself is still being learned: sample n keeps the share n / (n + haste) of the older ones. */
  readonly haste: number
  /** Samples before the first surprise. */
  readonly warmUp: number
}

/** Where one of the slot's own four histograms is. */
export function tailAt(index: number): Pick<TailSettings, 'floatsAt' | 'wordsAt'> {
  return { floatsAt: TAILS + index * 4, wordsAt: BINS + index * BINS_PER_TAIL }
}

/** Bins an octave; 32 of them see 8 octaves below the largest value that is remembered. */
const BINS_PER_OCTAVE = 4
/** A count of 1, so that a decay keeps fractions of it. */
const UNIT = 16
/** A decay is applied to the bins when it has become this; of a single count something must be taken each time. */
const APPLY_BELOW = 0.94
/** A bin this small is forgotten. */
const EMPTY_BELOW = UNIT / 2
/** Bins beyond the largest value seen over which the tail falls by e. */
const TAIL_BINS = 4
/** Of the tail: what is more frequent is not looked into, its surprise is 0. */
const NO_SURPRISE = 0.05
const LOWEST_BIN = -4000

/**
 * The negative decimal logarithm of how likely so large a value is, by a forgetting histogram of logarithms; beyond the largest value remembered the
 * tail is taken to fall as a power. Learns the value. 0 while there are too few samples.
 */
export function tailSurprise(slab: TailStore, settings: TailSettings, value: number): number {
  const { floats, words } = slab
  const at = slab.f + settings.floatsAt
  const bins = slab.w + settings.wordsAt
  const samples = (floats[at + 2] ?? 0) + 1
  const log = value > 0 ? Math.max(LOWEST_BIN, Math.round(Math.log2(value) * BINS_PER_OCTAVE)) : LOWEST_BIN
  if (samples === 1) {
    floats[at + 1] = 1
    floats[at + 3] = log
  }
  const bin = log - (floats[at + 3] ?? 0) + BINS_PER_TAIL - 1
  let surprise = 0
  if (samples > settings.warmUp && bin >= 0) {
    const weight = (floats[at] ?? 0) + 1
    const share = above(words, bins, bin, weight * NO_SURPRISE) / weight
    if (share < NO_SURPRISE) surprise = -Math.log10(share)
  }
  floats[at + 2] = Math.min(samples, 1e6)
  decay(slab, settings, samples)
  if (bin >= BINS_PER_TAIL) {
    shift(words, bins, bin - BINS_PER_TAIL + 1)
    floats[at + 3] = log
  }
  const into = bins + Math.min(Math.max(bin, 0), BINS_PER_TAIL - 1)
  words[into] = Math.min((words[into] ?? 0) + settings.weight * UNIT, 0xffff)
  floats[at] = (floats[at] ?? 0) + settings.weight
  return surprise
}

/**
 * The count above a bin, half of its own, and one for what has not been seen, which falls beyond the topmost bin in use. Stops counting where there is so
 * much above that it is no surprise: most values end here, after a few bins.
 */
function above(words: Uint16Array, bins: number, bin: number, enough: number): number {
  let count = 0
  let index = BINS_PER_TAIL - 1
  while (index > 0 && (words[bins + index] ?? 0) < EMPTY_BELOW) index--
  if (bin > index) return Math.exp((index - bin) / TAIL_BINS)
  const limit = enough * UNIT
  for (; index > bin && count < limit; index--) count += words[bins + index] ?? 0
  return (count + (words[bins + bin] ?? 0) / 2) / UNIT + 1
}

function decay(
  { floats, f, words, w }: TailStore,
  { floatsAt, wordsAt, memory, haste }: TailSettings,
  samples: number,
): void {
  const at = f + floatsAt
  const keep = 1 - Math.max(1 / memory, haste / (samples + haste))
  floats[at] = (floats[at] ?? 0) * keep
  const pending = (floats[at + 1] ?? 1) * keep
  if (pending > APPLY_BELOW) {
    floats[at + 1] = pending
    return
  }
  floats[at + 1] = 1
  const bins = w + wordsAt
  for (let bin = bins; bin < bins + BINS_PER_TAIL; bin++) words[bin] = Math.floor((words[bin] ?? 0) * pending)
}

/** Makes room at the top; what falls out at the bottom is counted in the lowest bin. */
function shift(words: Uint16Array, bins: number, by: number): void {
  let low = 0
  for (let bin = 0; bin <= Math.min(by, BINS_PER_TAIL - 1); bin++) low += words[bins + bin] ?? 0
  for (let bin = 1; bin < BINS_PER_TAIL; bin++)
    words[bins + bin] = bin + by < BINS_PER_TAIL ? (words[bins + bin + by] ?? 0) : 0
  words[bins] = Math.min(low, 0xffff)
}
