import type { LogEvent } from '@pegel/contracts'
import type { RunningGateway } from './running-gateway.ts'

export type SecurityEvent = Omit<LogEvent, 'attributes'> & {
  /** Of the record: the tenant that it belongs to. */
  readonly key: string | undefined
  readonly labels: Readonly<Record<string, string | undefined>>
}

/** Events of the tenant pegel, as they stand in Kafka. */
export async function securityEvents(gateway: RunningGateway): Promise<readonly SecurityEvent[]> {
  const batches = (await gateway.events()).filter(({ batch }) => batch.tenant === 'pegel')
  return batches.flatMap(({ record, batch }) =>
    batch.groups.flatMap(({ events }) =>
      events.map(({ attributes, ...event }) => ({
        ...event,
        key: record.key?.toString(),
        labels: Object.fromEntries(attributes.map(({ key, value }) => [key, value])),
      })),
    ),
  )
}

/** How many credentials a door refused with this code; one event may stand for many. */
export function refusedCount(events: readonly SecurityEvent[], door: string, code: string): number {
  return events
    .filter(({ labels }) => labels.door === door && labels.code === code)
    .reduce((sum, { labels }) => sum + Number(labels.count), 0)
}
