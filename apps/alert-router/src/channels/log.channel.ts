import type { ChannelKind } from './channel.ts'

/** Writes notifications to the service's log: for a first look at a tenant's routes, and for tests. */
export const logChannel: ChannelKind<'log'> = {
  type: 'log',
  idempotent: false,
  create: (_config, { log }) => ({
    send({ tenant, event, groupKey, idempotencyKey, alerts, to }) {
      const names = [...new Set(alerts.map(({ labels }) => labels.alertname))]
      log.info('notification', { tenant_id: tenant, event, groupKey, idempotencyKey, alerts: names, to })
      return Promise.resolve({ status: 'sent' })
    },
  }),
}
