import { OTLP_OF_SHARED_LABELS } from '../load/cases.ts'
import type { LoadOrder, LoadResult } from '../load/send-load.ts'
import { startChild } from '../support/child.ts'
import { argument } from '../support/report.ts'

const POINTS = 1000
const CLIENTS = 8
export const REQUESTS = Number(argument('requests') ?? 4000)

/** Sends requests of 1,000 points through a gateway's OTLP door. @returns how many points */
export async function fill(to: Pick<LoadOrder, 'destination' | 'keys'>): Promise<number> {
  const order: LoadOrder = {
    ...{ destination: to.destination, keys: to.keys, door: OTLP_OF_SHARED_LABELS.name },
    ...{ clients: CLIENTS, points: POINTS, requests: REQUESTS },
  }
  return (await startChild<LoadResult>('load', order).result).points
}
