import { defineErrors } from '@pegel/errors'

export const alertChannelErrors = defineErrors('alert_channel', {
  address_refused: {
    retryable: false,
    text: '{host} does not lead to a public address by HTTPS alone; the operator may allow more with PEGEL_ALERT_EGRESS_ALLOW.',
  },
  secret_missing: {
    retryable: false,
    text: 'There is no secret {ref}: set {where} for the alert-router.',
  },
  template_invalid: { retryable: false, text: 'The template of {field} is not usable: {problem}.' },
  not_configured: { retryable: false, text: 'Set {setting} for the alert-router, or the key {key} of the channel.' },
})
