/** How a series is forecast. */
export interface ForecastOptions {
  /** The series cannot be below this, nor forecast to be; default none. */
  readonly least?: number
  /** The same above; default none. */
  readonly most?: number
}

/** A value in the future, with the ranges that hold it with 80 and 95 % of the times. */
export interface Forecast {
  readonly value: number
  readonly lower80: number
  readonly upper80: number
  readonly lower95: number
  readonly upper95: number
}

/** How long until a threshold is crossed. */
export interface TimeTo {
  readonly ms: number
  /** Range of 80 %, from the uncertainty of the trend; `latestMs` is Infinity when the trend may be none. */
  readonly earliestMs: number
  readonly latestMs: number
}

export type ThresholdDirection = 'up' | 'down'

/** Forecasts one series from one point at a time. Points that are not newer than the last one, or not finite, are ignored. */
export interface Forecaster {
  update(timestampMs: number, value: number): void
  /** @param horizonMs from the last point, above 0; made for 1 h to 24 h. All NaN before the first point. */
  forecast(horizonMs: number): Forecast
  /**
   * Until the series' trend, sudden drops and jumps aside, crosses the threshold; 0 when it is beyond. Undefined when it does not tend there, when it has
   * come back from peaks well before it (a daily clean-up), or when that is further ahead than half of what was seen of the series.
   */
  timeTo(threshold: number, direction: ThresholdDirection): TimeTo | undefined
  /** All that it has learned; `restoreForecaster` of the same version continues exactly where this one stands. */
  save(): Uint8Array
}
