import type { SinkView, TenantView, View } from './view.ts'

const count = (value: number): string => value.toLocaleString('en-US')

/** The table as lines without colours; the widths follow the content. */
export function renderTable(view: View): string[] {
  const header = ['tenant', 'points in', 'dropped', 'refused', ...view.sinks, 'balance', 'fresh p50 / p99']
  const rows = view.tenants.map((tenant) => [
    tenant.tenant,
    count(tenant.received),
    count(tenant.dropped),
    count(tenant.refused),
    ...view.sinks.map((sink) => sinkCell(tenant.sinks[sink])),
    balanceCell(tenant),
    freshnessCell(tenant.freshness),
  ])
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    cells.map((cell, column) => pad(cell, widths[column] ?? 0, column)).join('  ')
  return [titleOf(view), '', line(header), ...rows.map(line), ...(view.note === '' ? [] : ['', view.note])]
}

/** One line per tenant for logs and pipes, where nothing can be drawn in place. */
export function renderPlain(view: View): string[] {
  return [
    titleOf(view),
    ...view.tenants.map((tenant) => {
      const sinks = view.sinks.map((sink) => `${sink} ${sinkCell(tenant.sinks[sink])}`).join(', ')
      const { received, dropped, refused } = tenant
      const counts = `in ${count(received)}, dropped ${count(dropped)}, refused ${count(refused)}`
      return `  ${tenant.tenant}: ${counts}; ${sinks}; ${balanceCell(tenant)}; fresh ${freshnessCell(tenant.freshness)}`
    }),
  ]
}

function titleOf({ elapsedMs, balanced }: View): string {
  const seconds = Math.floor(elapsedMs / 1000)
  const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
  const books =
    balanced === undefined ? 'no window closed yet' : balanced ? 'ledger balances' : 'LEDGER DOES NOT BALANCE'
  return `Pegel · ${clock} · ${books}`
}

function sinkCell(sink: SinkView | undefined): string {
  if (sink === undefined) return '–'
  const parts = [count(sink.stored)]
  if (sink.inFlight > 0) parts.push(`+${count(sink.inFlight)} on the way`)
  if (sink.other > 0) parts.push(`${count(sink.other)} other`)
  return parts.join(', ')
}

function balanceCell({ unbalanced }: TenantView): string {
  return unbalanced === 0 ? 'ok' : `${count(unbalanced)} off`
}

function freshnessCell(freshness: TenantView['freshness']): string {
  if (freshness === undefined) return '–'
  return `${seconds(freshness.p50Ms)} / ${seconds(freshness.p99Ms)}`
}

function seconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}

/** Names to the left, numbers to the right. */
function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width)
}
