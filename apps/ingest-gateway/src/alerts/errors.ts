import { defineErrors } from '@pegel/errors'

/** What is wrong with a request about alerts. */
export const alertsErrors = defineErrors('alerts', {
  malformed: { retryable: false, text: 'The body is not what this path takes: {problem}' },
  media_type: { retryable: false, text: 'Content-Type {type} is not supported: send application/json.' },
  tenant_mismatch: {
    retryable: false,
    text: 'The body names tenant {named}, the key acts for {tenant}: leave tenant_id out, or name the tenant in X-Scope-OrgID.',
  },
  nothing_accepted: { retryable: false, text: 'None of {received} alerts was taken; the first: {first}' },
  unknown_target: {
    retryable: false,
    text: 'Name a group or an alert by its 16 hexadecimal digits (pegel alerts list shows them), not {target}.',
  },
  links_off: {
    retryable: false,
    text: 'Links in messages are off: set PEGEL_LINK_SECRET of the gateway and the alert-router to the same secret.',
  },
  link_invalid: { retryable: false, text: 'This link is not valid: open it as it stands in the message.' },
  link_expired: {
    retryable: false,
    text: 'This link has expired: use a newer message, or pegel alerts. How long links are good for is PEGEL_LINK_TTL.',
  },
})
