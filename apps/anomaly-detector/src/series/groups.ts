import { groupIdOf } from './anomaly-id.ts'
import type { Finding } from './finding.ts'
import { seriesText } from './series-text.ts'
import type { KeptAnomaly, SeriesState } from './series-state.ts'

/** How a beginning is remembered for those that follow it. */
type Member = Pick<KeptAnomaly, 'offset' | 'openedAtMs' | 'groupId' | 'groupStartMs' | 'leaderId' | 'leaderSeries'>

const MAX_MEMBERS = 256

/**
 * Which anomalies of a tenant began together. Everything here can be made again from the series' own states, and only beginnings
 * in earlier records, or in this one, are looked at: the same records give the same groups, also after a crash that left some series
 * further than others.
 */
export class Groups {
  readonly #tenants = new Map<string, Member[]>()

  /** Takes what a restored series remembers. */
  restore(state: SeriesState): void {
    for (const { anomalies } of state.values)
      for (const anomaly of anomalies) this.#remember(state.identity.tenant, anomaly)
  }

  forget(tenant: string): void {
    this.#tenants.delete(tenant)
  }

  /** Gives every beginning among these, all of one record and tenant, its group. */
  assign(tenant: string, findings: readonly Finding[], windowMs: number): void {
    const opened = findings.filter(({ status }) => status === 'opened').sort(byBeginning)
    for (const { anomaly, state, derived } of opened) {
      const group = this.#groupFor(tenant, anomaly, windowMs)
      anomaly.groupId = group?.groupId ?? groupIdOf(anomaly.id)
      anomaly.groupStartMs = group?.groupStartMs ?? anomaly.openedAtMs
      anomaly.leaderId = group?.leaderId ?? anomaly.id
      anomaly.leaderSeries = group?.leaderSeries ?? seriesText(state.identity, derived.name)
      this.#remember(tenant, anomaly)
    }
  }

  #groupFor(tenant: string, { offset, openedAtMs }: KeptAnomaly, windowMs: number): Member | undefined {
    const near = (this.#tenants.get(tenant) ?? []).filter(
      (member) => member.offset <= offset && Math.abs(openedAtMs - member.groupStartMs) <= windowMs,
    )
    // The group that began last, and of two that began at once always the same.
    return near.sort((a, b) => b.groupStartMs - a.groupStartMs || (a.groupId < b.groupId ? -1 : 1))[0]
  }

  #remember(tenant: string, anomaly: Member): void {
    const { offset, openedAtMs, groupId, groupStartMs, leaderId, leaderSeries } = anomaly
    const members = this.#tenants.get(tenant) ?? []
    this.#tenants.set(tenant, members)
    members.push({ offset, openedAtMs, groupId, groupStartMs, leaderId, leaderSeries })
    if (members.length <= MAX_MEMBERS) return
    members.sort((a, b) => a.openedAtMs - b.openedAtMs)
    members.splice(0, members.length - MAX_MEMBERS / 2)
  }
}

/** The likely first mover leads: the earliest, and of those at one time the one that is furthest out. */
function byBeginning({ anomaly: a }: Finding, { anomaly: b }: Finding): number {
  return a.openedAtMs - b.openedAtMs || b.score - a.score || (a.id < b.id ? -1 : 1)
}
