import type {
  ExpiredRecords,
  LedgerReport,
  MissingPart,
  OffsetRange,
  SinkBalance,
  TenantBalance,
} from '@pegel/pipeline'
import { formatTable } from '../table.ts'
import type { Cell } from '../table.ts'

const MAX_NAMED = 20

const TENANT_HEADER = [
  'TENANT',
  'RECORDS',
  'RECEIVED',
  'PRODUCED',
  'DROPPED',
  'REFUSED',
  'DELETED',
  'UNREADABLE',
  'UNCONFIRMED',
  'WAITING_SINCE',
  'BALANCE',
]
const SINK_COLUMNS = [
  ['PRODUCED', 'produced'],
  ['DELIVERED', 'delivered'],
  ['PRESENT', 'alreadyPresent'],
  ['COLLAPSED', 'collapsed'],
  ['COLLIDED', 'collided'],
  ['UNSUPPORTED', 'unsupported'],
  ['NOT_ROUTED', 'notRouted'],
  ['DEAD', 'deadLettered'],
  ['PARKED', 'parked'],
  ['EXPIRED', 'expired'],
  ['DELETED', 'tenantDeleted'],
  ['IN_FLIGHT', 'inFlight'],
] as const satisfies readonly (readonly [string, keyof SinkBalance])[]

/** The balance per tenant, then per tenant and sink, then what is missing. */
export function formatReport(report: LedgerReport): string {
  const open = report.windows.filter((window) => !window.closed).length
  const parts = [
    formatTable(TENANT_HEADER, report.tenants.map(tenantRow)),
    formatTable(
      ['TENANT', 'SINK', ...SINK_COLUMNS.map(([title]) => title), 'WAITING_SINCE', 'SLOWEST', 'BALANCE'],
      report.tenants.flatMap(sinkRows),
    ),
    reasons(report.tenants),
    missing('ingest records without a row of the enricher', report.missingRecords.map(formatRange)),
    missing('parts without a right outcome', report.missingParts.map(formatPart)),
    named('Expired: records that retention removed before they were read', report.expiredRecords.map(formatGap)),
    `${report.windows.length - open} windows closed, ${open} open, ${report.waitingRecords} ingest records waiting: ${
      report.balanced ? 'the books balance' : 'THE BOOKS DO NOT BALANCE'
    }\n`,
  ]
  return parts.filter((part) => part !== '').join('\n')
}

function tenantRow(tenant: TenantBalance): readonly Cell[] {
  const { records, received, produced, dropped, refused, tenantDeleted, unreadable, unconfirmed, unbalanced } = tenant
  const waiting = tenant.sinks.flatMap(({ oldestUndeliveredMs }) => oldestUndeliveredMs ?? [])
  return [
    ...[tenant.tenant, records, received, produced, dropped, refused, tenantDeleted, unreadable, unconfirmed],
    since(waiting.length === 0 ? null : Math.min(...waiting)),
    verdict(unbalanced),
  ]
}

function sinkRows(tenant: TenantBalance): readonly (readonly Cell[])[] {
  return tenant.sinks.map((sink) => [
    tenant.tenant,
    sink.sink,
    ...SINK_COLUMNS.map(([, key]) => sink[key]),
    since(sink.oldestUndeliveredMs),
    `${Math.round(sink.maxLatencyMs)} ms`,
    verdict(sink.unbalanced),
  ])
}

/** UTC, to the second. */
function since(timeMs: number | null): string {
  return timeMs === null ? '-' : `${new Date(timeMs).toISOString().slice(0, 19)}Z`
}

function verdict(unbalanced: number): string {
  return unbalanced === 0 ? 'ok' : `OFF BY ${unbalanced}`
}

function reasons(tenants: readonly TenantBalance[]): string {
  const rows = tenants.flatMap(({ tenant, droppedBy, refusedBy }) => [
    ...Object.entries(droppedBy).map(([reason, count]) => [tenant, 'dropped', reason, count]),
    ...Object.entries(refusedBy).map(([reason, count]) => [tenant, 'refused', reason, count]),
  ])
  return rows.length === 0 ? '' : formatTable(['TENANT', 'WHAT', 'BY', 'POINTS'], rows)
}

function missing(what: string, items: readonly string[]): string {
  return named(`Missing: ${what}`, items)
}

function named(what: string, items: readonly string[]): string {
  if (items.length === 0) return ''
  const more = items.length > MAX_NAMED ? [`  and ${items.length - MAX_NAMED} more`] : []
  return `${[what, ...items.slice(0, MAX_NAMED).map((item) => `  ${item}`), ...more].join('\n')}\n`
}

function formatRange({ topic, partition, from, to }: OffsetRange): string {
  return `${topic}/${partition}@${from}${to - from === 1 ? '' : `..${to - 1}`}`
}

function formatGap({ sink, ...range }: ExpiredRecords): string {
  return `${sink === '' ? 'enricher' : sink}: ${formatRange(range)}`
}

function formatPart({ sink, tenant, topic, partition, offset, part, points }: MissingPart): string {
  return `${sink}: ${points} points of ${tenant} from ${topic}/${partition}@${offset} part ${part}`
}
