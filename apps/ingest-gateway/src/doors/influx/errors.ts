import { defineErrors } from '@pegel/errors'

/** What only this door refuses. */
export const influxErrors = defineErrors('influx', {
  bucket_not_found: {
    retryable: false,
    text: '{kind} "{name}" not found: this key writes to "{tenant}" or "{tenant}/<any name>".',
  },
  org_not_found: {
    retryable: false,
    text: 'organization name "{name}" not found: this key belongs to "{tenant}"; name that, or leave org out.',
  },
  precision_unknown: { retryable: false, text: 'invalid precision "{precision}": send one of {known}.' },
  lines_refused: {
    retryable: false,
    text: 'partial write: {refused} of {received} points refused, {accepted} stored; {lines}',
  },
})
