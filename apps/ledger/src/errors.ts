import { defineErrors } from '@pegel/errors'

export const ledgerErrors = defineErrors('ledger', {
  reading: { retryable: true, text: 'The ledger is being read for the first time; ask again in a moment.' },
  stale: { retryable: true, text: 'The books were last judged {seconds} s ago: {problem}' },
  not_found: { retryable: false, text: 'There is nothing at {path}: ask GET /ledger.' },
  bad_question: { retryable: false, text: 'since={since} is neither an ISO time nor milliseconds since the epoch.' },
})
