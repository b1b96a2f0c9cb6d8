import type { StoredEscalation } from '@pegel/contracts'
import type { EscalationConfig } from '@pegel/tenancy'

/** A step of a policy at the time it is due. */
export interface DueStep {
  /** From 0. */
  readonly step: number
  /** From 1. */
  readonly round: number
  readonly dueAtMs: number
}

export interface Advance {
  readonly state: StoredEscalation
  /** The one that is due now. */
  readonly fire: DueStep | undefined
  /** Those that were due before it while nobody looked: passed over, since a burst helps nobody. */
  readonly skipped: readonly DueStep[]
}

export function beginEscalation(policy: EscalationConfig, atMs: number): StoredEscalation {
  return { policy: policy.name, round: 1, nextStep: 0, dueAtMs: atMs + (policy.steps[0]?.waitMs ?? 0) }
}

/** Times are absolute: each step's from the one before, whenever that was really done. */
export function advanceEscalation(policy: EscalationConfig, state: StoredEscalation, nowMs: number): Advance {
  const skipped: DueStep[] = []
  let fire: DueStep | undefined
  let at = state
  while (at.dueAtMs !== null && at.dueAtMs <= nowMs) {
    if (fire !== undefined) skipped.push(fire)
    fire = { step: at.nextStep, round: at.round, dueAtMs: at.dueAtMs }
    at = after(policy, at, at.dueAtMs)
  }
  return { state: at, fire, skipped }
}

function after(policy: EscalationConfig, state: StoredEscalation, dueAtMs: number): StoredEscalation {
  const { steps, repeat, repeatWaitMs } = policy
  const next = steps[state.nextStep + 1]
  if (next !== undefined) return { ...state, nextStep: state.nextStep + 1, dueAtMs: dueAtMs + next.waitMs }
  const first = steps[0]
  if (first === undefined || state.round > repeat) return { ...state, nextStep: steps.length, dueAtMs: null }
  return { ...state, round: state.round + 1, nextStep: 0, dueAtMs: dueAtMs + repeatWaitMs + first.waitMs }
}
