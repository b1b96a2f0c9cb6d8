import { at } from '../numbers.ts'

/** Shares of the usual observations that a bin has at least, so that PSI does not depend on how fine the buckets are. */
const BIN_SHARE = 0.08
/** Added to each bin, so that an empty one has a logarithm. */
const HALF = 0.5
/** Normal quantile of a false alarm in a million. */
const Z = 4.75
/** The same for the distance of Kolmogorov and Smirnov: sqrt(ln(2 / 10^-6) / 2). */
const KS_FACTOR = 2.69

export interface Comparison {
  psi: number
  ks: number
  /** Bucket after which the shares differ most. */
  bucket: number
  /** What chance alone makes of a PSI and a KS of so many observations, once in a million. */
  psiByChance: number
  ksByChance: number
  /** PSI over what chance makes of it on average: 1 for independent observations. */
  dispersion: number
  recentAbove: number
  usualAbove: number
}

/**
 * Of two histograms with the same buckets. By chance n times PSI is distributed as chi squared (Yurdakul and Naranjo 2020), so its cut-off shrinks with the
 * number of observations as that of Kolmogorov and Smirnov does.
 * @param into overwritten, so that a comparison allocates nothing
 */
export function compareDistributions(recent: Float64Array, usual: Float64Array, into: Comparison): void {
  const recentSum = sum(recent)
  const usualSum = sum(usual)
  let recentBin = 0
  let usualBin = 0
  let recentBelow = 0
  let usualBelow = 0
  let bins = 0
  into.psi = 0
  into.ks = 0
  into.bucket = 0
  for (let bucket = 0; bucket < usual.length; bucket++) {
    recentBin += at(recent, bucket)
    usualBin += at(usual, bucket)
    recentBelow += at(recent, bucket)
    usualBelow += at(usual, bucket)
    const distance = Math.abs(recentBelow / recentSum - usualBelow / usualSum)
    if (distance > into.ks) {
      into.ks = distance
      into.bucket = bucket
      into.recentAbove = 1 - recentBelow / recentSum
      into.usualAbove = 1 - usualBelow / usualSum
    }
    const isLast = bucket === usual.length - 1
    if (!isLast && (usualBin < BIN_SHARE * usualSum || usualSum - usualBelow < BIN_SHARE * usualSum)) continue
    const recentShare = (recentBin + HALF) / (recentSum + HALF)
    const usualShare = (usualBin + HALF) / (usualSum + HALF)
    into.psi += (recentShare - usualShare) * Math.log(recentShare / usualShare)
    bins++
    recentBin = 0
    usualBin = 0
  }
  const noise = 1 / recentSum + 1 / usualSum
  const freedom = Math.max(bins - 1, 1)
  into.psiByChance = chiSquared(freedom) * noise
  into.ksByChance = KS_FACTOR * Math.sqrt(noise)
  into.dispersion = into.psi / (freedom * noise)
}

export function sum(values: Float64Array): number {
  let total = 0
  for (const value of values) total += value
  return total
}

/** Quantile of chi squared by Wilson and Hilferty's cube. */
function chiSquared(freedom: number): number {
  const part = 2 / (9 * freedom)
  return freedom * (1 - part + Z * Math.sqrt(part)) ** 3
}
