import { defineErrors } from '@pegel/errors'

export const routerErrors = defineErrors('alert_router', {
  group_lost: {
    retryable: true,
    text: 'The consumer group {group} was lost and could not be joined again; look at the brokers behind PEGEL_KAFKA_BROKERS.',
  },
  not_restored: { retryable: true, text: '{partitions} partitions of alert-state are still being read.' },
})
