export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

/** Horizons that are learned; others lie between or beyond them. */
export const HORIZONS = [HOUR_MS, 4 * HOUR_MS, DAY_MS] as const

/** Forecasts of a horizon that wait for what becomes of them: made at this many moments within the horizon. */
export const WAITING = 12
/** Errors of a horizon that its ranges are made from. */
export const ERRORS = 96

/** Values are cut to this: they are kept in single precision. */
export const MOST = 1e30
