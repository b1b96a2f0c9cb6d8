/** What a target knows of a group, or will once what is pending is done. */
export interface Knowledge {
  readonly firing: ReadonlySet<string>
  readonly resolved: ReadonlySet<string>
  /** When it was told. */
  readonly atMs: number
}

export interface UpdateQuestion {
  readonly knows: Knowledge | undefined
  readonly firing: ReadonlySet<string>
  readonly resolved: ReadonlySet<string>
  readonly sendResolved: boolean
  /** Infinity: what has not changed is not told again. */
  readonly repeatIntervalMs: number
  readonly nowMs: number
}

/** Whether a target is to be told. Alertmanager 0.25, notify.DedupStage.needsUpdate, case by case. */
export function needsUpdate(question: UpdateQuestion): boolean {
  const { knows, firing, resolved, sendResolved, repeatIntervalMs, nowMs } = question
  if (knows === undefined) return firing.size > 0
  if (!isSubset(firing, knows.firing)) return true
  // What fired and ended between two looks is unknown to the target, and stays so.
  if (firing.size === 0) return knows.firing.size > 0
  if (sendResolved && !isSubset(resolved, knows.resolved)) return true
  return knows.atMs < nowMs - repeatIntervalMs
}

function isSubset(part: ReadonlySet<string>, whole: ReadonlySet<string>): boolean {
  for (const each of part) if (!whole.has(each)) return false
  return true
}
