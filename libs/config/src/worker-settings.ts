import { integer } from './settings.ts'

/** Of services that one process can be too small for. */
export const workerSettings = {
  PEGEL_WORKERS: integer({ min: 1, max: 256 })
    .default(1)
    .describe(
      'Processes that share the work and the ports of this service on this machine; more than 1 where a core is full and others are idle. Limits on memory, connections and bytes in flight hold for each.',
    ),
}
