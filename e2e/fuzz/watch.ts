import { readFileSync } from 'node:fs'
import type { ServiceName, World } from './world.ts'

const MIB = 1024 * 1024
const EVERY_MS = 500
/** What a service may use at most, and grow by from its warm-up to the end. */
const MAX_MIB = 900
const GROWTH_MIB = 200
const GROWTH_SHARE = 0.5
/** Of the time: until then caches and heaps fill. */
const WARM_UP_SHARE = 0.4

/** Watches the processes: alive under the same number, and no larger than they may be. */
export class Watch {
  readonly #world: World
  readonly #pids: ReadonlyMap<ServiceName, number>
  readonly #sizes = new Map<ServiceName, number[]>()
  readonly #gone = new Set<ServiceName>()
  #timer: NodeJS.Timeout | undefined

  constructor(world: World) {
    this.#world = world
    this.#pids = new Map([...world.services].map(([name, { pid }]) => [name, pid]))
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), EVERY_MS)
  }

  /** What is wrong. */
  stop(): readonly string[] {
    clearInterval(this.#timer)
    this.#look()
    const gone = [...this.#gone].map((name) => `${name} has ended:\n${this.#lastLines(name)}`)
    return [...gone, ...this.#bugs(), ...[...this.#sizes].flatMap(([name, sizes]) => judgeGrowth(name, sizes))]
  }

  /** Median of the warm-up's end and of the end, and the most, in MiB. */
  sizes(): readonly { readonly name: string; readonly warm: number; readonly end: number; readonly most: number }[] {
    return [...this.#sizes].map(([name, sizes]) => ({ name, ...phases(sizes), most: Math.max(...sizes) }))
  }

  #look(): void {
    for (const [name, pid] of this.#pids) {
      const size = residentMib(pid)
      if (size === undefined) this.#gone.add(name)
      else this.#sizes.set(name, [...(this.#sizes.get(name) ?? []), size])
    }
  }

  /** What a service logs when it meets something that it was not made for. */
  #bugs(): readonly string[] {
    return [...this.#world.services].flatMap(([name, { lines }]) => {
      const bug = lines.find((line) =>
        /uncaught exception|unhandled rejection|gateway\.internal|"type":"(TypeError|RangeError|AssertionError)"/.test(
          line,
        ),
      )
      return bug === undefined ? [] : [`${name} logged a bug: ${bug.slice(0, 1500)}`]
    })
  }

  #lastLines(name: ServiceName): string {
    return (this.#world.services.get(name)?.lines ?? []).slice(-5).join('\n')
  }
}

function residentMib(pid: number): number | undefined {
  try {
    const [, kib] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return kib === undefined ? undefined : (Number(kib) * 1024) / MIB
  } catch {
    return undefined
  }
}

function phases(sizes: readonly number[]): { readonly warm: number; readonly end: number } {
  const tenth = Math.max(1, Math.floor(sizes.length / 10))
  const warmAt = Math.floor(sizes.length * WARM_UP_SHARE)
  return { warm: median(sizes.slice(warmAt, warmAt + tenth)), end: median(sizes.slice(-tenth)) }
}

function judgeGrowth(name: string, sizes: readonly number[]): readonly string[] {
  const { warm, end } = phases(sizes)
  if (end > MAX_MIB) return [`${name} uses ${end.toFixed(0)} MiB, more than ${MAX_MIB}`]
  if (end - warm <= Math.max(GROWTH_MIB, warm * GROWTH_SHARE)) return []
  return [`${name} has grown from ${warm.toFixed(0)} to ${end.toFixed(0)} MiB`]
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
}
