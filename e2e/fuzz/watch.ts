import { readFileSync } from 'node:fs'
import { liveMemory } from '../../libs/testing/src/memory-probe.ts'
import { growthOf } from './growth.ts'
import type { Growth } from './growth.ts'
import type { ServiceName, World } from './world.ts'

const EVERY_MS = 500
/** A collection stops a service for a moment: often enough for a trend, seldom enough to disturb nobody. */
const COLLECT_SHARE = 1 / 20
const LEAST_COLLECT_MS = 5000
const BUG =
  /uncaught exception|unhandled rejection|gateway\.internal|"type":"(TypeError|RangeError|AssertionError|SyntaxError)"/

export interface Watched {
  readonly problems: readonly string[]
  readonly memory: readonly (Growth & { readonly name: ServiceName })[]
}

/** Watches the processes: alive under the same number, logging no bug, and holding no more than they did when warm. */
export class Watch {
  readonly #world: World
  readonly #pids: ReadonlyMap<ServiceName, number>
  /** MiB that were left after a collection, of the heap and outside of it. */
  readonly #live = new Map<ServiceName, number[]>()
  readonly #most = new Map<ServiceName, number>()
  readonly #gone = new Set<ServiceName>()
  #timer: NodeJS.Timeout | undefined
  #collecting = Promise.resolve()
  #stopping = false

  constructor(world: World) {
    this.#world = world
    this.#pids = new Map([...world.services].map(([name, { pid }]) => [name, pid]))
  }

  start(forMs: number): void {
    this.#timer = setInterval(() => this.#look(), EVERY_MS)
    this.#collecting = this.#collectEvery(Math.max(LEAST_COLLECT_MS, forMs * COLLECT_SHARE))
  }

  async stop(): Promise<Watched> {
    this.#stopping = true
    await this.#collecting
    clearInterval(this.#timer)
    this.#look()
    await this.#collect()
    const gone = [...this.#gone].map((name) => `${name} has ended:\n${this.#lastLines(name)}`)
    const memory = [...this.#live].map(([name, live]) => ({
      name,
      ...growthOf(live, this.#most.get(name) ?? 0),
    }))
    const grown = memory.flatMap(({ name, problem }) => (problem === undefined ? [] : [`${name} ${problem}`]))
    return { problems: [...gone, ...this.#bugs(), ...grown], memory }
  }

  #look(): void {
    for (const [name, pid] of this.#pids) {
      const size = residentMib(pid)
      if (size === undefined) this.#gone.add(name)
      else this.#most.set(name, Math.max(size, this.#most.get(name) ?? 0))
    }
  }

  async #collectEvery(everyMs: number): Promise<void> {
    for (let dueMs = performance.now(); !this.#stopping;) {
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS))
      if (performance.now() < dueMs) continue
      dueMs = performance.now() + everyMs
      await this.#collect()
    }
  }

  async #collect(): Promise<void> {
    for (const [name, { lines }] of this.#world.services) {
      if (this.#gone.has(name)) continue
      try {
        const { heapMib, externalMib } = await liveMemory(lines)
        this.#live.set(name, [...(this.#live.get(name) ?? []), heapMib + externalMib])
      } catch {
        // It has ended in between, which #look says; a process that lives answers, or is seen to hang by its neighbour.
        this.#look()
      }
    }
  }

  /** What a service logs when it meets something that it was not made for. */
  #bugs(): readonly string[] {
    return [...this.#world.services].flatMap(([name, { lines }]) => {
      const bug = lines.find((line) => BUG.test(line))
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
    return kib === undefined ? undefined : Number(kib) / 1024
  } catch {
    return undefined
  }
}
