import { defineErrors } from '@pegel/errors'

export const jsonErrors = defineErrors('json', {
  malformed: { retryable: false, text: 'The body is not JSON: {problem}. Nothing of it was stored.' },
  media_type: {
    retryable: false,
    text: 'Content-Type {type} is not supported: send application/json or application/x-ndjson.',
  },
  points_refused: { retryable: false, text: 'None of the {received} points was stored; the first: {first}' },
})
