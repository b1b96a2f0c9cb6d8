/** What a backend holds of one series: the sum tells which points they are, as their numbers are known. */
export interface SeriesSum {
  readonly tenant: string
  readonly metric: string
  readonly host: string
  readonly count: number
  readonly sum: number
}

export type SeriesName = Pick<SeriesSum, 'tenant' | 'metric' | 'host'>

/** Which points are asked for: those with this label, of any tenant. */
export interface Selection {
  readonly run: string
  readonly metrics: readonly string[]
  readonly fromMs: number
  readonly toMs: number
}

/** Reads a backend past every gate and proxy. */
export interface Backend {
  readonly name: 'prometheus' | 'elasticsearch' | 'influxdb'
  sums(selection: Selection): Promise<readonly SeriesSum[]>
  /** Every value of one series, as often as it is there. */
  values(selection: Selection, series: SeriesName): Promise<readonly number[]>
}
