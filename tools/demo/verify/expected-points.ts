import type { SentPoint } from '../journal/read-journal.ts'
import type { DemoTenant } from '../run/tenants.ts'

/** A sent point as it leaves the enricher: with the tenant's static labels, and without what its rules drop. */
export interface ExpectedPoints {
  readonly kept: readonly SentPoint[]
  /** Points by the rule that drops them. */
  readonly dropped: ReadonlyMap<string, readonly SentPoint[]>
}

/** What each rule in examples/tenants does, said once more in other words, so that a mistake in the enricher cannot hide here. */
const DROPS: Readonly<Record<string, (point: SentPoint) => boolean>> = {
  no_loopback: ({ attributes }) => attributes['network.interface.name'] === 'lo',
}

/** Throws when a tenant's file has a rule whose effect is not known here. */
export function expectedPoints(sent: readonly SentPoint[], tenant: DemoTenant): ExpectedPoints {
  const kept: SentPoint[] = []
  const dropped = new Map<string, SentPoint[]>()
  const rules = tenant.rules.map((id) => [id, dropOf(id)] as const)
  for (const point of sent) {
    const rule = rules.find(([, drops]) => drops(point))
    if (rule === undefined) kept.push({ ...point, attributes: { ...point.attributes, ...tenant.staticLabels } })
    else dropped.set(rule[0], [...(dropped.get(rule[0]) ?? []), point])
  }
  return { kept, dropped }
}

function dropOf(id: string): (point: SentPoint) => boolean {
  const drop = DROPS[id]
  if (drop === undefined) throw new Error(`The demo does not know what the rule ${id} drops; see expected-points.ts.`)
  return drop
}
