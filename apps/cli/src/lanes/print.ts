import type { ParkedLaneView } from '@pegel/pipeline'
import { formatTable } from '../table.ts'

/** A parked lane as users know it. `stopped` waits for `pegel lanes resume`; `parked` is tried again by itself. */
export interface LaneLine {
  readonly sink: string
  readonly tenant: string
  readonly topic: string
  readonly partition: number
  readonly state: 'parked' | 'stopped'
  readonly reason: string
  /** What the backend refuses, of a stopped lane. */
  readonly refused: string
  readonly since: string
  readonly oldest: string
  readonly records: number
  readonly points: number
  readonly bytes: number
}

export function viewOf({ sink, tenant, topic, partition, state }: ParkedLaneView): LaneLine {
  const { stop, reason, sinceMs, oldestMs, records, points, sizeBytes: bytes } = state
  return {
    ...{ sink, tenant, topic, partition, state: stop === null ? 'parked' : 'stopped', reason },
    refused: stop?.detail ?? '',
    since: new Date(stop?.sinceMs ?? sinceMs).toISOString(),
    oldest: new Date(oldestMs).toISOString(),
    ...{ records, points, bytes },
  }
}

/** One row a lane. */
export function formatLanes(lanes: readonly ParkedLaneView[]): string {
  if (lanes.length === 0) return 'No lane is parked.\n'
  const rows = lanes
    .map(viewOf)
    .sort((a, b) => a.sink.localeCompare(b.sink) || a.tenant.localeCompare(b.tenant))
    .map(({ sink, tenant, state, reason, refused, since, records, points, bytes, oldest }) => [
      ...[sink, tenant, state, refused === '' ? reason : `${reason} (${refused})`, since],
      ...[records, points, bytes, oldest],
    ])
  return formatTable(['SINK', 'TENANT', 'STATE', 'WHY', 'SINCE', 'RECORDS', 'POINTS', 'BYTES', 'OLDEST'], rows)
}
