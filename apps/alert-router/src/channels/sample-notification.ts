import type { Notification, NotifiedAlert } from './notification.ts'

/** For specs: an alert and a notification of it, as the router would make them. */
export function sampleAlert(changes: Partial<NotifiedAlert> = {}): NotifiedAlert {
  return {
    fingerprint: '0123456789abcdef',
    status: 'firing',
    labels: { alertname: 'EndpointFails', severity: 'critical', tenant: 'shop', http_route: '/checkout' },
    annotations: {
      summary: 'Half of the checkouts fail',
      description: 'Since the deployment',
      runbook_url: 'docs/a.md',
    },
    startsAtMs: Date.UTC(2026, 0, 1),
    endsAtMs: null,
    values: { value: 0.5 },
    generatorUrl: '',
    flapping: false,
    ...changes,
  }
}

export function sampleNotification(changes: Partial<Notification> = {}): Notification {
  return {
    ...{
      tenant: 'shop',
      event: 'firing',
      receiver: 'team',
      groupKey: '{}:{tenant="shop"}',
      groupId: 'feedfacefeedface',
    },
    ...{ groupLabels: { tenant: 'shop' }, commonLabels: {}, commonAnnotations: {}, alerts: [sampleAlert()] },
    ...{ truncatedAlerts: 0, links: { acknowledge: 'https://pegel.example/a?b=1&c=2' }, dedupKey: 'group-1' },
    ...{ idempotencyKey: 'send-1', dueAtMs: 0, ...changes },
  }
}
