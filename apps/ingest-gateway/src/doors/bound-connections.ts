import type { BehindDoors } from './door.ts'

export interface BoundOptions extends Pick<BehindDoors, 'metrics'> {
  readonly door: string
  readonly max: number
}

/** Of net.Server and http2's servers. */
interface Listening {
  maxConnections: number
  on(event: 'drop', listener: () => void): unknown
}

/** Closes connections beyond `max` at once, and counts them. */
export function boundConnections(server: Listening, { door, max, metrics }: BoundOptions): void {
  server.maxConnections = max
  server.on('drop', () => metrics.connectionDropped(door))
}
