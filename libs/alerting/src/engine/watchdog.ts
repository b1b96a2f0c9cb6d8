import type { AlertRecord } from '@pegel/contracts'
import { change } from './world.ts'
import type { World } from './world.ts'

export interface WatchdogOptions {
  /** Without a heartbeat for so long, Pegel is taken for silent. */
  readonly silentAfterMs: number
}

export const SILENT_ALERT = 'PegelSilent'
const SOURCE = 'watchdog'

/** The alert that always fires has come through: what leads here works. */
export function hearHeartbeat(world: World, atMs: number): void {
  const silent = openSilence(world)
  if (silent !== undefined)
    world.effects.emits.push({ ...silentRecord(world, silent), status: 'resolved', endsAtMs: atMs })
  world.settings = { ...world.settings, heartbeatMs: Math.max(atMs, world.settings.heartbeatMs ?? 0) }
  change(world, 'settings/')
}

/** Infinity: it has been said already. */
export function watchdogDueMs(world: World, options: WatchdogOptions | undefined): number {
  const { heartbeatMs } = world.settings
  if (options === undefined || heartbeatMs === null || world.raisedForMs === heartbeatMs) return Infinity
  return openSilence(world) === undefined ? heartbeatMs + options.silentAfterMs : Infinity
}

export function runWatchdog(world: World, { silentAfterMs }: WatchdogOptions, nowMs: number): void {
  const heartbeatMs = world.settings.heartbeatMs ?? nowMs
  if (watchdogDueMs(world, { silentAfterMs }) > nowMs) return
  world.raisedForMs = heartbeatMs
  world.effects.emits.push(silentRecord(world, { sinceMs: heartbeatMs, startsAtMs: heartbeatMs + silentAfterMs }))
}

interface Silence {
  readonly sinceMs: number
  readonly startsAtMs: number
}

function openSilence(world: World): Silence | undefined {
  for (const alert of world.alerts.values())
    if (alert.firing && alert.source === SOURCE && alert.labels.alertname === SILENT_ALERT)
      return { sinceMs: Number(alert.id.split('-').at(-1)), startsAtMs: alert.startsAtMs }
  return undefined
}

/** The same silence has the same id, however often it is said. */
function silentRecord({ plan: { tenant } }: World, { sinceMs, startsAtMs }: Silence): AlertRecord {
  return {
    ...{ tenant, id: `silent-${sinceMs}`, source: SOURCE, status: 'firing', name: SILENT_ALERT, severity: 'critical' },
    labels: { tenant },
    annotations: {
      summary: `No watchdog since ${new Date(sinceMs).toISOString()}: rules are not evaluated, or their alerts do not arrive.`,
      runbook_url: 'docs/runbooks/pegel-silent.md',
    },
    ...{ startsAtMs, endsAtMs: null, groupId: '', evidence: null, generatorUrl: '' },
  }
}
