/** What `pegel ledger --json` prints; the parts that the demo reads. */
export interface LedgerReport {
  readonly tenants: readonly LedgerTenant[]
  readonly missingRecords: readonly unknown[]
  readonly missingParts: readonly unknown[]
  /** Ingest records that the enricher has not come to yet. */
  readonly waitingRecords: number
  readonly windows: readonly { readonly closed: boolean }[]
  readonly balanced: boolean
}

export interface LedgerTenant {
  readonly tenant: string
  readonly received: number
  readonly produced: number
  readonly dropped: number
  readonly refused: number
  readonly tenantDeleted: number
  readonly unreadable: number
  /** received - produced - dropped - refused - tenantDeleted */
  readonly unbalanced: number
  readonly sinks: readonly LedgerSink[]
}

export interface LedgerSink extends Readonly<Record<Outcome, number>> {
  readonly sink: string
  readonly produced: number
  readonly inFlight: number
  readonly unbalanced: number
}

export type Outcome = 'delivered' | 'alreadyPresent' | OtherOutcome
export type OtherOutcome = (typeof OTHER_OUTCOMES)[number]
export const OTHER_OUTCOMES = [
  'collapsed',
  'collided',
  'unsupported',
  'notRouted',
  'deadLettered',
  'parked',
  'expired',
  'tenantDeleted',
] as const

/** Nothing is on its way any more. */
export function isDrained(report: LedgerReport, sinks: readonly string[]): boolean {
  return (
    report.waitingRecords === 0 &&
    report.missingRecords.length === 0 &&
    report.tenants.every((tenant) => {
      const known = new Map(tenant.sinks.map((each) => [each.sink, each]))
      return tenant.unbalanced === 0 && sinks.every((sink) => settled(known.get(sink), tenant.produced))
    })
  )
}

function settled(sink: LedgerSink | undefined, produced: number): boolean {
  return sink === undefined ? produced === 0 : sink.inFlight === 0
}

/** Sentences about what is wrong in the books of a demo that has ended; empty when they balance to the last point. */
export function problemsOf(report: LedgerReport, sinks: readonly string[]): string[] {
  const problems: string[] = []
  if (report.waitingRecords > 0) problems.push(`${report.waitingRecords} ingest records were not read by the enricher`)
  if (report.missingRecords.length > 0)
    problems.push(`ingest records without a row: ${JSON.stringify(report.missingRecords)}`)
  if (report.missingParts.length > 0)
    problems.push(`parts without a right outcome: ${JSON.stringify(report.missingParts)}`)
  if (!report.balanced) problems.push('a closed window does not balance')
  for (const tenant of report.tenants) problems.push(...tenantProblems(tenant, sinks))
  return problems
}

function tenantProblems(tenant: LedgerTenant, sinks: readonly string[]): string[] {
  const problems: string[] = []
  const say = (text: string): number => problems.push(`${tenant.tenant}: ${text}`)
  if (tenant.unbalanced !== 0) say(`${tenant.unbalanced} received points are neither produced, dropped nor refused`)
  if (tenant.unreadable > 0) say(`${tenant.unreadable} records could not be read`)
  for (const name of sinks) {
    const sink = tenant.sinks.find((each) => each.sink === name)
    const outcomes = sink === undefined ? 0 : sum(sink, ['delivered', 'alreadyPresent', ...OTHER_OUTCOMES])
    if (outcomes !== tenant.produced) say(`${name} has outcomes for ${outcomes} of ${tenant.produced} points`)
    for (const outcome of ['deadLettered', 'parked', 'expired', 'collided'] as const) {
      if ((sink?.[outcome] ?? 0) > 0) say(`${name} has ${sink?.[outcome] ?? 0} points ${outcome}`)
    }
  }
  return problems
}

export function sum(sink: LedgerSink, outcomes: readonly Outcome[]): number {
  return outcomes.reduce((total, outcome) => total + sink[outcome], 0)
}
