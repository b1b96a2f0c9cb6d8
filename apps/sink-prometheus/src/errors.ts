import { defineErrors } from '@pegel/errors'

export const prometheusErrors = defineErrors('prometheus', {
  not_taking_writes: {
    retryable: true,
    text: 'The receiver takes no remote writes (status {status}: {body}); check PEGEL_PROMETHEUS_URL and that its receiver is switched on.',
  },
})
