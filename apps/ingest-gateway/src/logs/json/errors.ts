import { defineErrors } from '@pegel/errors'

export const logsErrors = defineErrors('logs', {
  malformed: {
    retryable: false,
    text: 'The body is no JSON object, no array of objects and no lines of objects: {problem}. Nothing of it was stored.',
  },
  nothing_accepted: {
    retryable: false,
    text: 'None of the {received} log lines was accepted: `rejected` says why.',
  },
})
