import type { SinkLimits } from './sink-limits.ts'

export type DeadLetterLimits = Pick<SinkLimits, 'deadLetterWindow' | 'deadLetterShare' | 'deadLetterRun'>

export interface RefusedPoint {
  /** Index in its record. */
  readonly point: number
  readonly reason: string
}

/** Refused points of one reason. */
class ReasonCount {
  /** In a row, up to the last point that was seen. */
  run = 0
  inWindow = 0
  /** Where refusals were, by the points that had been seen then; the oldest first. */
  #marks: { readonly at: number; readonly count: number }[] = []

  add(points: number, indices: readonly number[], at: number): number {
    let longest = 0
    let expected = 0
    for (const index of indices) {
      this.run = index === expected ? this.run + 1 : 1
      longest = Math.max(longest, this.run)
      expected = index + 1
    }
    if (expected < points) this.run = 0
    if (indices.length > 0) this.#marks.push({ at, count: indices.length })
    this.inWindow += indices.length
    return longest
  }

  /** Forgets what was refused before. */
  forget(before: number): void {
    const kept = this.#marks.findIndex(({ at }) => at > before)
    const gone = this.#marks.splice(0, kept < 0 ? this.#marks.length : kept)
    for (const { count } of gone) this.inWindow -= count
  }
}

/**
 * Whether a lane is to be stopped rather than go on writing dead letters: a wrong mapping must not drain a topic. Per reason, over a share of
 * the last points, once there were so many, or so many in a row. Counts points of records that have their outcome.
 */
export class DeadLetterRule {
  readonly #limits: DeadLetterLimits
  readonly #reasons = new Map<string, ReasonCount>()
  #accepts: ReadonlySet<string> = new Set()
  #seen = 0

  constructor(limits: DeadLetterLimits) {
    this.#limits = limits
  }

  /** Counts one record. Returns the reason that is refused too often; the record then is to be put aside and not dead-lettered. */
  add(points: number, refused: readonly RefusedPoint[]): string | null {
    this.#seen += points
    const byReason = Map.groupBy(refused, ({ reason }) => reason)
    for (const reason of byReason.keys()) if (!this.#reasons.has(reason)) this.#reasons.set(reason, new ReasonCount())
    let stop: string | null = null
    for (const [reason, count] of this.#reasons) {
      const indices = (byReason.get(reason) ?? []).map(({ point }) => point).sort((a, b) => a - b)
      const run = count.add(points, indices, this.#seen)
      count.forget(this.#seen - this.#limits.deadLetterWindow)
      if (count.inWindow === 0) this.#reasons.delete(reason)
      if (!this.#accepts.has(reason) && indices.length > 0 && this.#isTooMany(count, run)) stop ??= reason
    }
    return stop
  }

  /** A record that is refused whole. */
  addWhole(points: number, reason: string): string | null {
    const refused = Array.from({ length: Math.max(1, points) }, (_, point) => ({ point, reason }))
    return this.add(refused.length, refused)
  }

  /** Begins to count anew. These reasons stop nothing until it begins anew again. */
  reset(accepts: readonly string[] = []): void {
    this.#reasons.clear()
    this.#seen = 0
    this.#accepts = new Set(accepts)
  }

  #isTooMany({ inWindow }: ReasonCount, run: number): boolean {
    const { deadLetterWindow, deadLetterShare, deadLetterRun } = this.#limits
    return run >= deadLetterRun || (this.#seen >= deadLetterWindow && inWindow > deadLetterWindow * deadLetterShare)
  }
}

/** The rules of a sink's lanes, which outlive its assignments. */
export class DeadLetterRules {
  readonly #limits: DeadLetterLimits
  readonly #rules = new Map<string, DeadLetterRule>()

  constructor(limits: DeadLetterLimits) {
    this.#limits = limits
  }

  of(lane: string): DeadLetterRule {
    const rule = this.#rules.get(lane) ?? new DeadLetterRule(this.#limits)
    this.#rules.set(lane, rule)
    return rule
  }
}
