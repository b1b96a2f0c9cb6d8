import { CASE_TIME_MS as AT, gauge, POINT_CASES } from '@pegel/testing'
import type { SeriesSpec } from '@pegel/testing'

/** The cases of every sink, and the names that line protocol has to escape. */
export const CASES: Readonly<Record<string, readonly SeriesSpec[]>> = {
  ...POINT_CASES,
  names: [
    gauge('disk free,all=#1', [[AT, -0]], { attributes: { path: 'C:\\', 'k=e y': 'a,b', text: 'é "1"\n', empty: '' } }),
    gauge('#hash', [[AT, 1]], { resource: { host: 'r', tenant: 'x' }, attributes: { host: 'p', time: 'now' } }),
  ],
}
