import type { AuditRecord } from '@pegel/contracts'
import type { AuditVerdict } from '@pegel/pipeline'
import { formatTable } from '../table.ts'

/** One row an event. */
export function formatEvents(events: readonly AuditRecord[]): string {
  const rows = events.map(({ atMs, actor, origin, action, tenant, target, outcome, message, parameters }) => [
    new Date(atMs).toISOString(),
    origin === '' ? actor : `${actor}@${origin}`,
    action,
    tenant,
    target,
    outcome,
    [...parameters.map(({ name, value }) => `${name}=${value}`), ...(message === '' ? [] : [message])].join(' '),
  ])
  return formatTable(['AT', 'WHO', 'ACTION', 'TENANT', 'TARGET', 'OUTCOME', 'DETAILS'], rows)
}

/** Hashes in hexadecimal, parameters by name. */
export function jsonOf(event: AuditRecord): Readonly<Record<string, unknown>> {
  return {
    ...event,
    parameters: Object.fromEntries(event.parameters.map(({ name, value }) => [name, value])),
    previousHash: Buffer.from(event.previousHash).toString('hex'),
    hash: Buffer.from(event.hash).toString('hex'),
  }
}

export function formatVerdict({ events, chains, begunBefore, problems }: AuditVerdict): string {
  const rows = problems.map(({ offset, kind, writer, detail }) => [`@${offset}`, kind, writer, detail])
  const table = rows.length === 0 ? '' : `${formatTable(['OFFSET', 'PROBLEM', 'WRITER', 'WHAT'], rows)}\n`
  const before = begunBefore === 0 ? '' : `, ${begunBefore} of them begun before what is kept`
  return `${table}${events} events in ${chains} chains${before}: ${problems.length === 0 ? 'unbroken' : 'BROKEN'}\n`
}
