import { defineErrors } from '@pegel/errors'

export const detectionErrors = defineErrors('detection', {
  bad_state: { retryable: false, text: 'Not the state of a detector of this version: {problem}' },
  bad_option: { retryable: false, text: 'Option {option} of a detector is {value}; {problem}' },
})
