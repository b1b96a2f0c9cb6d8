import type { Alert } from '../alerts/alert.ts'
import type { Group } from '../groups/group.ts'
import type { Inhibitor } from '../muting/inhibitor.ts'
import type { Silences } from '../muting/silences.ts'
import type { TimeIntervals } from '../timing/time-intervals.ts'

export interface Muting {
  readonly inhibitor: Pick<Inhibitor, 'inhibits'>
  readonly silences: Pick<Silences, 'silence'>
  readonly intervals: Pick<TimeIntervals, 'anyAt'>
}

/** Fingerprints of a group's alerts that nothing mutes. */
export interface Audible {
  readonly firing: ReadonlySet<string>
  readonly resolved: ReadonlySet<string>
}

const NOTHING: Audible = { firing: new Set(), resolved: new Set() }

/** In Alertmanager's sense: inhibition and silences take single alerts, the time intervals of the route take all. */
export function audibleOf(
  group: Group,
  alerts: ReadonlyMap<string, Alert>,
  { muting, nowMs }: { readonly muting: Muting; readonly nowMs: number },
): Audible {
  if (group.route === undefined || isMutedByTime(group.route.config, muting, nowMs)) return NOTHING
  const [firing, resolved] = [new Set<string>(), new Set<string>()]
  for (const fingerprint of group.members) {
    const alert = alerts.get(fingerprint)
    if (alert === undefined) continue
    if (muting.inhibitor.inhibits(alert.labels) || muting.silences.silence(alert.labels, nowMs)) continue
    const into = alert.firing ? firing : resolved
    into.add(fingerprint)
  }
  return { firing, resolved }
}

function isMutedByTime(
  route: { readonly muteTimeIntervals: readonly string[]; readonly activeTimeIntervals: readonly string[] },
  { intervals }: Muting,
  nowMs: number,
): boolean {
  const { muteTimeIntervals, activeTimeIntervals } = route
  if (activeTimeIntervals.length > 0 && !intervals.anyAt(activeTimeIntervals, nowMs)) return true
  return intervals.anyAt(muteTimeIntervals, nowMs)
}
