import { defineErrors } from '@pegel/errors'

export const cliErrors = defineErrors('cli', {
  no_brokers: {
    retryable: false,
    text: 'No Kafka address; set PEGEL_KAFKA_BROKERS, or start the local stack with: npm run stack -- up',
  },
  invalid_files: { retryable: false, text: '{problems} problems in the tenant files of {dir}; nothing was published.' },
  no_files: { retryable: false, text: 'No .yaml or .yml file in {dir}.' },
  unreadable_dir: { retryable: false, text: 'Cannot read {dir}: {problem}' },
  unreadable_file: { retryable: false, text: 'Cannot read {file}: {problem}' },
  unwritable_file: { retryable: false, text: 'Cannot write {file}: {problem}' },
  bad_csv: { retryable: false, text: '{file} is not a series: {problem}' },
  conflict: {
    retryable: true,
    text: 'Another apply published {tenants} at the same time; look at the difference and run apply again.',
  },
  not_validated: { retryable: false, text: '{problem}' },
  bad_option: { retryable: false, text: '{option}: {problem}' },
  unbalanced: { retryable: false, text: 'The books do not balance: {problem}' },
  no_ledger: {
    retryable: true,
    text: 'The ledger service at {url} gave no books ({problem}); correct --from or PEGEL_LEDGER_URL, or read the topic here with --from topic.',
  },
  audit_broken: {
    retryable: false,
    text: '{problems} problems in the audit topic; somebody changed or removed events. See docs/guides/audit.md.',
  },
  no_tenant: { retryable: false, text: 'Tenant {tenant} {what}; nothing of it is replayed.' },
  no_replay: {
    retryable: false,
    text: 'The audit knows of no replay {id}; pegel audit list --action replay names them.',
  },
  not_replayed: {
    retryable: false,
    text: '{unreadable} records of {tenant} in {topic} cannot be read and {foreign} name another tenant; they were left out, all else was sent.',
  },
  not_parked: {
    retryable: false,
    text: 'No lane of {tenant} is parked at sink {sink}; pegel lanes list shows those that are.',
  },
  unknown_alert: {
    retryable: false,
    text: 'The alert-router knows no group and no alert {id}; pegel alerts list shows them.',
  },
  unhealthy: { retryable: true, text: '{count} of {total} checks failed.' },
  unknown_target: { retryable: false, text: 'No service {target}; there are {known}.' },
  not_built: { retryable: false, text: 'There is no {path}; build first with: npm run build' },
  service_died: { retryable: false, text: '{service} ended with {how}; stopped the others.' },
  no_answer: { retryable: true, text: 'Kafka did not answer within {seconds} s at {brokers}: {problem}' },
})
