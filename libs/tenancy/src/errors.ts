import { defineErrors } from '@pegel/errors'

export const tenancyErrors = defineErrors('tenancy', {
  invalid_files: { retryable: false, text: '{count} problems in {files} tenant files.' },
  invalid_record: { retryable: false, text: 'Tenant {tenant} version {version} is not valid: {problem}' },
  bad_direct_key: { retryable: false, text: 'Not an Ed25519 key: {problem}' },
})
