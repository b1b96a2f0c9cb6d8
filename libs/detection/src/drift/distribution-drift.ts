export interface DistributionDriftOptions {
  /** Updates that what is recent is made of, as the mean age of its observations; default 12. */
  readonly recentUpdates?: number
  /** The same of what it is compared with; default 500. */
  readonly referenceUpdates?: number
  /** The least population stability index that is a drift, however many observations there are; default 0.1, which is called a moderate change. */
  readonly minPsi?: number
  /** The least distance of Kolmogorov and Smirnov that is a drift; default 0.1. */
  readonly minKs?: number
  /** Updates after which a drift that lasts is the usual distribution; default 500. */
  readonly acceptAfterUpdates?: number
}

export interface DistributionVerdict {
  /** A drift was found with this update. True once for a drift, not as long as it lasts. */
  readonly drift: boolean
  /** The drift is over with this update: the distribution came back, or is the usual one now. */
  readonly resolved: boolean
  readonly active: boolean
  /** False until there is enough to compare. */
  readonly ready: boolean
  /** Population stability index: sum of (recent share - usual share) * ln(recent share / usual share) over bins of about a tenth of the usual observations. */
  readonly psi: number
  readonly psiCutOff: number
  /** The largest difference between the two shares of observations up to a bound. */
  readonly ks: number
  readonly ksCutOff: number
}

/** Watches the distribution of a histogram: what is recent against what was usual before. */
export interface DistributionDrift {
  /**
   * @param counts observations since the last update by bucket, one more than bounds; not cumulative
   * @param bounds upper bounds of the buckets but the last, ascending. Others than before begin anew. An update that makes no sense is ignored.
   */
  update(counts: ArrayLike<number>, bounds: ArrayLike<number>): DistributionVerdict
  /** The last verdict as one sentence, for example "38 % above 0.25, usually 12 % (PSI 0.42, cut-off 0.10; KS 0.26, cut-off 0.10)". */
  explain(): string
  /** All that it has learned; `restoreDistributionDrift` of the same version continues exactly where this one stands. */
  save(): Uint8Array
}
