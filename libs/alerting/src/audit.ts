import type { AlertActionRecord, SetSilence } from '@pegel/contracts'

/** A request as the audit topic has it; the shape is that of AuditAction in libs/pipeline, which this library may not know. */
export interface AuditedRequest {
  readonly action: string
  readonly tenant: string
  readonly target: string
  readonly parameters: Readonly<Record<string, string>>
}

/** What is audited of a request; undefined for a heartbeat, which nobody asked for. */
export function auditOf(request: AlertActionRecord): AuditedRequest | undefined {
  const what = partOf(request)
  if (what === undefined) return undefined
  const { action, target, parameters } = what
  const { tenant, by, source } = request
  const given = Object.entries({ ...parameters, by, source }).filter(([, value]) => value !== '')
  return { action, tenant, target, parameters: Object.fromEntries(given) }
}

function partOf(request: AlertActionRecord): Omit<AuditedRequest, 'tenant'> | undefined {
  const { acknowledge, resolve, silence, expireSilence, override, expireOverride } = request
  if (acknowledge !== null) return told('alerts.acknowledge', acknowledge)
  if (resolve !== null) return told('alerts.resolve', resolve)
  if (silence !== null) {
    const { silenceId: target, matchers, startsAtMs, endsAtMs, comment } = silence
    const parameters = { matchers: matchers.map(textOf).join(', '), ...span(startsAtMs, endsAtMs), comment }
    return { action: 'alerts.silence', target, parameters }
  }
  if (expireSilence !== null)
    return { action: 'alerts.silence.expire', target: expireSilence.silenceId, parameters: {} }
  if (override !== null) {
    const { overrideId, schedule: target, person, fromMs, untilMs } = override
    return { action: 'oncall.override', target, parameters: { override: overrideId, person, ...span(fromMs, untilMs) } }
  }
  if (expireOverride !== null)
    return { action: 'oncall.override.expire', target: expireOverride.overrideId, parameters: {} }
  return undefined
}

function told(
  action: string,
  { target, note }: { readonly target: string; readonly note: string },
): Omit<AuditedRequest, 'tenant'> {
  return { action, target, parameters: { note } }
}

function textOf({ name, operator, value }: SetSilence['matchers'][number]): string {
  return `${name}${operator}${JSON.stringify(value)}`
}

function span(fromMs: number, untilMs: number): { readonly from: string; readonly until: string } {
  return { from: timeOf(fromMs), until: timeOf(untilMs) }
}

/** What a client may give as a time need not be one that a Date can hold. */
function timeOf(ms: number): string {
  const date = new Date(ms)
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString()
}
