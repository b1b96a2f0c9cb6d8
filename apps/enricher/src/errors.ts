import { defineErrors } from '@pegel/errors'

export const enricherErrors = defineErrors('enricher', {
  tenant_mismatch: { retryable: false, text: 'The key names tenant {key}, the batch {tenant}.' },
})
