import { medianInterval, quantile } from '../support/bootstrap.ts'
import type { Interval } from '../support/bootstrap.ts'
import { median } from '../support/measure.ts'
import type { ProbeResult } from '../probe/probe.ts'

export type Arm = 'alone' | 'beside'

export interface Round {
  readonly alone: ProbeResult
  readonly beside: ProbeResult
}

/** One quantity of the quiet tenant in one scenario, ms. */
export interface Comparison {
  readonly alone: number
  readonly beside: number
  /** Beside over alone, round by round. */
  readonly ratio: Interval
}

/**
 * Interleaved, and each arm first as often as the other: what the machine does meanwhile falls on both. Round 0 counts for neither: processes
 * that have just started are slow.
 */
export async function runRounds(
  rounds: number,
  measure: (arm: Arm, round: number) => Promise<ProbeResult>,
): Promise<readonly Round[]> {
  const done: Round[] = []
  for (let round = 0; round <= rounds; round += 1) {
    const order: readonly Arm[] = round % 2 === 0 ? ['alone', 'beside'] : ['beside', 'alone']
    const results = new Map<Arm, ProbeResult>()
    for (const arm of order) results.set(arm, await measure(arm, round))
    const [alone, beside] = [results.get('alone'), results.get('beside')]
    if (round > 0 && alone !== undefined && beside !== undefined) done.push({ alone, beside })
  }
  return done
}

export function compare(rounds: readonly Round[], what: 'ingestMs' | 'freshMs', share: number): Comparison {
  const of = (arm: Arm): number[] => rounds.map((round) => quantile(round[arm][what], share))
  const [alone, beside] = [of('alone'), of('beside')]
  const ratios = beside.map((value, index) => value / (alone[index] ?? NaN))
  return { alone: median(alone), beside: median(beside), ratio: medianInterval(ratios) }
}
