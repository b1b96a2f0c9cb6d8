import type { z } from 'zod'
import type { ChannelTarget, EscalationTarget } from './alerting-config.ts'
import type { RawRoute } from './route-schema.ts'

interface Named {
  readonly name: string
}

/** What of the section names other parts of it; checked once everything is read. */
interface RawAlerting {
  readonly route?: RawRoute | undefined
  readonly receivers: readonly (Named & {
    readonly channels: readonly ChannelTarget[]
    readonly escalation?: string | undefined
  })[]
  readonly channels: readonly (Named & { readonly fallback?: string | undefined })[]
  readonly time_intervals: readonly Named[]
  readonly maintenance: readonly { readonly id: string; readonly during: readonly string[] }[]
  readonly escalations: readonly (Named & {
    readonly steps: readonly { readonly notify: readonly EscalationTarget[] }[]
  })[]
  readonly people: readonly (Named & { readonly channels: readonly ChannelTarget[] })[]
  readonly schedules: readonly (Named & {
    readonly layers: readonly { readonly people: readonly string[]; readonly during: readonly string[] }[]
  })[]
}

type Path = readonly (string | number)[]
const MAX_ROUTES = 500

/** Every name that is used must stand in the file, and each name once. */
export function checkReferences(raw: RawAlerting, context: z.core.$RefinementCtx): void {
  new ReferenceCheck(raw, (path, message) => {
    context.addIssue({ code: 'custom', path: [...path], message })
  }).run()
}

class ReferenceCheck {
  readonly #raw: RawAlerting
  readonly #report: (path: Path, message: string) => void
  readonly #known: Readonly<Record<string, readonly string[]>>
  #routes = 0

  constructor(raw: RawAlerting, report: (path: Path, message: string) => void) {
    const names = (list: readonly Named[]): readonly string[] => list.map(({ name }) => name)
    this.#raw = raw
    this.#report = report
    this.#known = {
      receivers: names(raw.receivers),
      channels: names(raw.channels),
      time_intervals: names(raw.time_intervals),
      escalations: names(raw.escalations),
      people: names(raw.people),
      schedules: names(raw.schedules),
      maintenance: raw.maintenance.map(({ id }) => id),
    }
  }

  run(): void {
    const raw = this.#raw
    for (const [list, names] of Object.entries(this.#known)) this.#unique(list, names)
    if (raw.route !== undefined) this.#route(raw.route, ['route'])
    if (this.#routes > MAX_ROUTES) this.#report(['route'], `At most ${MAX_ROUTES} routes.`)
    for (const [index, { channels, escalation }] of raw.receivers.entries()) {
      this.#targets(channels, ['receivers', index, 'channels'])
      this.#one('escalations', escalation, ['receivers', index, 'escalation'])
    }
    for (const [index, { channels }] of raw.people.entries()) this.#targets(channels, ['people', index, 'channels'])
    for (const [index, { steps }] of raw.escalations.entries())
      for (const [step, { notify }] of steps.entries())
        for (const [at, target] of notify.entries())
          this.#target(target, ['escalations', index, 'steps', step, 'notify', at])
    for (const [index, { layers }] of raw.schedules.entries())
      for (const [at, { people, during }] of layers.entries()) {
        this.#all('people', people, ['schedules', index, 'layers', at, 'people'])
        this.#all('time_intervals', during, ['schedules', index, 'layers', at, 'during'])
      }
    for (const [index, { during }] of raw.maintenance.entries())
      this.#all('time_intervals', during, ['maintenance', index, 'during'])
    for (const [index, channel] of raw.channels.entries()) this.#fallback(channel, ['channels', index, 'fallback'])
  }

  #route(route: RawRoute, path: Path): void {
    this.#routes += 1
    this.#one('receivers', route.receiver, [...path, 'receiver'])
    this.#all('time_intervals', route.mute_time_intervals ?? [], [...path, 'mute_time_intervals'])
    this.#all('time_intervals', route.active_time_intervals ?? [], [...path, 'active_time_intervals'])
    for (const [index, child] of route.routes.entries()) this.#route(child, [...path, 'routes', index])
  }

  #target(target: EscalationTarget, path: Path): void {
    if (target.kind === 'channel') this.#one('channels', target.target.channel, [...path, 'channel'])
    else if (target.kind === 'person') this.#one('people', target.person, [...path, 'person'])
    else this.#one('schedules', target.schedule, [...path, 'schedule'])
  }

  #targets(targets: readonly ChannelTarget[], path: Path): void {
    for (const [index, { channel }] of targets.entries()) this.#one('channels', channel, [...path, index])
  }

  /** Fallbacks that lead back to where they began would send in a circle. */
  #fallback(channel: RawAlerting['channels'][number], path: Path): void {
    this.#one('channels', channel.fallback, path)
    const seen = new Set([channel.name])
    for (let next = channel.fallback; next !== undefined; next = this.#fallbackOf(next)) {
      if (seen.has(next)) {
        this.#report(path, `Fallbacks must not lead in a circle: ${[...seen, next].join(' → ')}.`)
        return
      }
      seen.add(next)
    }
  }

  #fallbackOf(name: string): string | undefined {
    return this.#raw.channels.find((each) => each.name === name)?.fallback
  }

  #all(list: string, names: readonly string[], path: Path): void {
    for (const [index, name] of names.entries()) this.#one(list, name, [...path, index])
  }

  #one(list: string, name: string | undefined, path: Path): void {
    const known = this.#known[list] ?? []
    if (name === undefined || known.includes(name)) return
    const there = known.length === 0 ? 'there are none' : `there are ${known.join(', ')}`
    this.#report(path, `No ${name} in alerting.${list}; ${there}.`)
  }

  #unique(list: string, names: readonly string[]): void {
    for (const [index, name] of names.entries())
      if (names.indexOf(name) !== index)
        this.#report([list, index, list === 'maintenance' ? 'id' : 'name'], 'This name stands in the list already.')
  }
}
