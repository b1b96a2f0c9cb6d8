import { defineErrors } from '@pegel/errors'

export const detectorErrors = defineErrors('detector', {
  group_lost: { retryable: true, text: 'This process is no member of the consumer group {group} any more.' },
  not_restored: {
    retryable: true,
    text: 'What was learned is still being read from pegel.detector-state.v1; nothing is scored before.',
  },
  bad_recording: {
    retryable: false,
    text: 'No recording to learn from: {problem}; look at the directory {dir}, PEGEL_DETECTOR_RECORDINGS.',
  },
  stopped: { retryable: false, text: 'Scoring stopped: {problem}' },
})
