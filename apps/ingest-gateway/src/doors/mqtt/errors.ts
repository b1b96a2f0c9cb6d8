import { defineErrors } from '@pegel/errors'

/** Why a message was acknowledged and not stored. */
export const mqttErrors = defineErrors('mqtt', {
  tenant_unknown: {
    retryable: false,
    text: 'The topic {topic} names no tenant that there is: correct the publisher, or add the tenant.',
  },
  too_large: {
    retryable: false,
    text: 'A message has more than {maxBytes} bytes: send smaller ones or raise limits.max_request_bytes of tenant {tenant}.',
  },
  precision_unknown: {
    retryable: false,
    text: 'The user property precision is {precision}: send one of {known}.',
  },
})
