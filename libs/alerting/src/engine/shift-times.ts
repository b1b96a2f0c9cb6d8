import { change } from './world.ts'
import type { World } from './world.ts'

/** Moves every deadline and everything that one is counted from. Silences and shifts mean the wall clock, and stay. */
export function shiftTimes(world: World, byMs: number): void {
  const moved = <T extends number | null>(ms: T): T => (ms === null ? ms : ((ms + byMs) as T))
  for (const alert of world.alerts.values()) {
    const { updatedAtMs, seenAtMs, heldUntilMs, changesAtMs } = alert
    Object.assign(alert, {
      updatedAtMs: moved(updatedAtMs),
      seenAtMs: moved(seenAtMs),
      heldUntilMs: moved(heldUntilMs),
    })
    alert.changesAtMs = changesAtMs.map(moved)
    change(world, `alert/${alert.fingerprint}`)
  }
  for (const group of world.groups.values()) {
    const { escalation, acknowledged } = group
    group.flushAtMs = moved(group.flushAtMs)
    if (escalation !== null) group.escalation = { ...escalation, dueAtMs: moved(escalation.dueAtMs) }
    if (acknowledged !== null) group.acknowledged = { ...acknowledged, untilMs: moved(acknowledged.untilMs) }
    for (const [key, told] of group.told) group.told.set(key, { ...told, atMs: moved(told.atMs) })
    change(world, `group/${group.id}`)
  }
  const { settings } = world
  if (settings.heartbeatMs !== null) {
    world.settings = { ...settings, heartbeatMs: moved(settings.heartbeatMs) }
    change(world, 'settings/')
  }
}
