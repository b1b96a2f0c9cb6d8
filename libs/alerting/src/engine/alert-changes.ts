import type { AlertRecord } from '@pegel/contracts'
import { createAlert, detailsOf } from '../alerts/alert.ts'
import type { Alert } from '../alerts/alert.ts'
import { judge } from '../alerts/judge.ts'
import { flapHoldMs, rememberChange } from '../flapping.ts'
import { alertFingerprint, labelsOf } from '../labels.ts'
import { joinGroups } from './membership.ts'
import { change } from './world.ts'
import type { World } from './world.ts'

const MINUTE_MS = 60_000
/** What has ended is remembered for so long, so that repetitions of it are known for what they are. */
const REMEMBER_MS = 15 * MINUTE_MS
/** Its source may go on telling of what a person has ended. */
const REMEMBER_CLOSED_MS = 24 * 60 * MINUTE_MS

/** Takes in one record. @param atMs when it came, on the router's clock */
export function applyAlert(world: World, record: AlertRecord, { atMs, nowMs }: { atMs: number; nowMs: number }): void {
  const labels = labelsOf(record)
  const fingerprint = alertFingerprint(labels)
  const known = world.alerts.get(fingerprint)
  const verdict = judge(known, record)
  const { notes } = world.effects
  if (verdict === 'stale') {
    if (known !== undefined && record.status === 'firing') seen(world, known, atMs)
    notes.push({ kind: 'alert', what: 'stale' })
  } else if (verdict === 'ends' && known !== undefined) end(world, known, record, atMs)
  else {
    const alert = known ?? admit(world, createAlert(record, { fingerprint, labels }, atMs), atMs)
    if (alert === undefined) {
      notes.push({ kind: 'alert', what: 'refused' })
      return
    }
    if (verdict === 'fires') fire(world, alert, record, atMs)
    Object.assign(alert, { ...detailsOf(record), id: record.id, seenAtMs: atMs })
    change(world, `alert/${fingerprint}`)
    notes.push({ kind: 'alert', what: verdict === 'fires' ? 'fired' : 'refreshed' })
    for (const group of joinGroups(world, alert, atMs, nowMs))
      if (verdict === 'fires') group.lastEventMs = Math.max(group.lastEventMs, atMs)
  }
}

/** When the alert itself wants to be looked at: a held end, an end by age, its removal. */
export function alertDueMs({ plan }: World, alert: Alert): number {
  const { resolveAfterMs } = plan.config
  if (alert.firing) {
    const expiry = resolveAfterMs === undefined ? Infinity : alert.seenAtMs + resolveAfterMs
    return Math.min(alert.heldUntilMs ?? Infinity, expiry)
  }
  if (alert.groups.size > 0) return Infinity
  const rememberMs = alert.resolvedBy === '' ? REMEMBER_MS : REMEMBER_CLOSED_MS
  return Math.max(alert.updatedAtMs, alert.resolvedBy === '' ? 0 : alert.seenAtMs) + rememberMs
}

/** Does what is due. */
export function runAlert(world: World, alert: Alert, nowMs: number): void {
  change(world, `alert/${alert.fingerprint}`)
  if (!alert.firing) {
    world.alerts.delete(alert.fingerprint)
    return
  }
  const held = alert.heldUntilMs !== null && alert.heldUntilMs <= nowMs
  if (!held) alert.endsAtMs = nowMs
  settle(world, alert, nowMs)
  world.effects.notes.push({ kind: 'alert', what: held ? 'ended' : 'expired' })
}

/** A person says that it is over. */
export function endAlert(world: World, fingerprint: string, { by, atMs }: { by: string; atMs: number }): void {
  const alert = world.alerts.get(fingerprint)
  if (alert?.firing !== true) return
  Object.assign(alert, { endsAtMs: atMs, resolvedBy: by })
  settle(world, alert, atMs)
  // Whoever asked for it wants to see it: its groups do not wait for their next look.
  for (const id of alert.groups) {
    const group = world.groups.get(id)
    if (group === undefined) continue
    group.flushAtMs = Math.min(group.flushAtMs, atMs)
    change(world, `group/${id}`)
  }
}

function fire(world: World, alert: Alert, record: AlertRecord, atMs: number): void {
  const { flapping } = world.plan.config
  // One whose end was held back has never ended for those who were told of it.
  const startsAtMs = alert.heldUntilMs === null ? record.startsAtMs : alert.startsAtMs
  const changesAtMs = rememberChange(alert.changesAtMs, atMs, flapping)
  Object.assign(alert, { firing: true, startsAtMs, endsAtMs: null, heldUntilMs: null, resolvedBy: '' })
  Object.assign(alert, { updatedAtMs: atMs, changesAtMs })
  world.muting.inhibitor.set(alert.fingerprint, alert.labels, true)
}

function end(world: World, alert: Alert, record: AlertRecord, atMs: number): void {
  const { flapping } = world.plan.config
  alert.changesAtMs = rememberChange(alert.changesAtMs, atMs, flapping)
  Object.assign(alert, { ...detailsOf(record), seenAtMs: atMs, endsAtMs: record.endsAtMs ?? atMs })
  const holdMs = flapHoldMs(alert.changesAtMs, atMs, flapping)
  change(world, `alert/${alert.fingerprint}`)
  world.effects.notes.push({ kind: 'alert', what: holdMs > 0 ? 'held' : 'ended' })
  if (holdMs > 0) alert.heldUntilMs = atMs + holdMs
  else settle(world, alert, atMs)
}

/** It has ended. */
function settle(world: World, alert: Alert, atMs: number): void {
  Object.assign(alert, { firing: false, heldUntilMs: null, updatedAtMs: atMs })
  world.muting.inhibitor.set(alert.fingerprint, alert.labels, false)
  change(world, `alert/${alert.fingerprint}`)
  for (const id of alert.groups) {
    const group = world.groups.get(id)
    if (group !== undefined) group.lastEventMs = Math.max(group.lastEventMs, atMs)
  }
}

function seen(world: World, alert: Alert, atMs: number): void {
  alert.seenAtMs = atMs
  change(world, `alert/${alert.fingerprint}`)
}

/** Undefined when there are as many as the tenant may have; what has ended makes room. */
function admit(world: World, alert: Alert, atMs: number): Alert | undefined {
  const { alerts, plan } = world
  if (alerts.size >= plan.config.maxAlerts) {
    const spare = [...alerts.values()].filter(({ firing, groups }) => !firing && groups.size === 0)
    const oldest = spare.reduce<Alert | undefined>(
      (a, b) => (a === undefined || b.updatedAtMs < a.updatedAtMs ? b : a),
      undefined,
    )
    if (oldest === undefined) return undefined
    runAlert(world, oldest, atMs)
  }
  alerts.set(alert.fingerprint, alert)
  return alert
}
