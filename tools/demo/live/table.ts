import type { SinkView, TenantView, View } from './view.ts'

const count = (value: number): string => value.toLocaleString('en-US')

/** The table as lines without colours; the widths follow the content, and what nobody has has no column. */
export function renderTable(view: View): string[] {
  const columns = columnsOf(view)
  const rows = [
    columns.map(([title]) => title),
    ...view.tenants.map((tenant) => columns.map(([, cell]) => cell(tenant))),
  ]
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const line = (cells: readonly string[]): string =>
    cells.map((cell, column) => pad(cell, widths[column] ?? 0, column)).join('  ')
  const onTheWay = view.tenants.some(({ sinks }) => Object.values(sinks).some(({ inFlight }) => inFlight > 0))
  const notes = [onTheWay ? '+n: on the way' : '', view.note].filter((note) => note !== '')
  return [titleOf(view), '', ...rows.map(line), ...(notes.length === 0 ? [] : ['', ...notes])]
}

type Column = readonly [title: string, cell: (tenant: TenantView) => string]

function columnsOf({ tenants, sinks }: View): Column[] {
  const lost = (['dropped', 'refused'] as const).filter((name) => tenants.some((tenant) => tenant[name] > 0))
  return [
    ['tenant', ({ tenant }) => tenant],
    ['points in', ({ received }) => count(received)],
    ...lost.map((name): Column => [name, (tenant) => count(tenant[name])]),
    ...sinks.map((sink): Column => [sink, (tenant) => sinkCell(tenant.sinks[sink])]),
    ['balance', balanceCell],
    ['fresh p50/p99', ({ freshness }) => freshnessCell(freshness)],
  ]
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
  if (sink.inFlight > 0) parts.push(`+${count(sink.inFlight)}`)
  if (sink.other > 0) parts.push(`(${count(sink.other)} other)`)
  return parts.join(' ')
}

function balanceCell({ unbalanced }: TenantView): string {
  return unbalanced === 0 ? 'ok' : `${count(unbalanced)} off`
}

function freshnessCell(freshness: TenantView['freshness']): string {
  if (freshness === undefined) return '–'
  return `${seconds(freshness.p50Ms)} ${seconds(freshness.p99Ms)}`
}

function seconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}

/** Names to the left, numbers to the right. */
function pad(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width)
}
