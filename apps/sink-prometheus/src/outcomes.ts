import type { MetricRecord, Outcome, Rejection } from '@pegel/pipeline'
import type { Refusal } from './deliver.ts'
import { STATUS } from './status.ts'
import type { WriteRequest } from './write-request.ts'

interface Counting {
  delivered: number
  alreadyPresent: number
  unsupported: number
  collapsed: number
  collided: number
  rejected: Rejection[]
  retry: number[]
}

/** Answers for each source record from what became of its units. */
export function outcomesOf(
  request: WriteRequest,
  records: readonly MetricRecord[],
  refusals: ReadonlyMap<number, Refusal>,
): Outcome[] {
  const outcomes = records.map(emptyOutcome)
  for (let unit = 0; unit < request.units; unit += 1) {
    const outcome = outcomes[request.recordOf(unit)]
    // target_info belongs to no record: whether it was stored is nobody's loss.
    if (outcome === undefined) continue
    const point = request.pointOf(unit)
    const status = request.status(unit)
    if (status === STATUS.delivered) outcome.delivered += 1
    else if (status === STATUS.alreadyPresent) outcome.alreadyPresent += 1
    else if (status === STATUS.unsupported) outcome.unsupported += 1
    else if (status === STATUS.collapsed) outcome.collapsed += 1
    else if (status === STATUS.collided) outcome.collided += 1
    else if (status === STATUS.rejected) outcome.rejected.push({ point, ...(refusals.get(unit) ?? LATE_INCREMENT) })
    else outcome.retry.push(point)
  }
  return outcomes
}

/** The only refusal that is the sink's own. */
const LATE_INCREMENT = {
  reason: 'delta_out_of_order',
  message: 'The increment is older than one that was added to the running total before it.',
}

function emptyOutcome(): Counting {
  return { delivered: 0, alreadyPresent: 0, unsupported: 0, collapsed: 0, collided: 0, rejected: [], retry: [] }
}
