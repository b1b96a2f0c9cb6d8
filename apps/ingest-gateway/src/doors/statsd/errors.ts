import { defineErrors } from '@pegel/errors'

export const statsdErrors = defineErrors('statsd', {
  backlog_full: {
    retryable: false,
    text: 'The oldest interval of tenant {tenant} was dropped: Kafka has not taken {waiting} of them.',
  },
  tenant_absent: {
    retryable: false,
    text: 'Tenant {tenant} of PEGEL_STATSD_LISTENERS is unknown or deleted: what it sends is dropped. Correct the setting or the tenant.',
  },
})
