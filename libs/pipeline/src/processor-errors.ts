import { defineErrors } from '@pegel/errors'

export const pipelineErrors = defineErrors('pipeline', {
  writer_closed: { retryable: false, text: 'The {what} writer is closed; nothing more is written.' },
  aborted: { retryable: false, text: 'Given up while waiting to {what}: the assignment is void or the service stops.' },
})
