import { TENANT_LABEL } from '@pegel/contracts'
import type { SeriesState } from './series-state.ts'

/** A series for people: `rate of shop.orders{order.status="failed"}`. Resource attributes are left out, save the service. */
export function seriesText(identity: SeriesState['identity'], derived: string): string {
  const labels = Object.entries(identity.labels)
    .filter(([key]) => key !== TENANT_LABEL)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
  const text = labels.length === 0 ? identity.metric : `${identity.metric}{${labels.join(',')}}`
  return derived === 'value' ? text : `${derived} of ${text}`
}
