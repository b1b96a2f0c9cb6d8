import { setTimeout as sleep } from 'node:timers/promises'
import type { PegelWorld } from '../support/pegel-world.ts'
import { memoryMib } from '../support/process-usage.ts'
import type { Sample } from './flatness.ts'

export interface Watched {
  /** Resident memory by service, MiB. */
  readonly memory: ReadonlyMap<string, readonly Sample[]>
  /** Records that a sink has not committed, by sink. */
  readonly lag: ReadonlyMap<string, readonly Sample[]>
}

export interface WatchOptions {
  readonly world: PegelWorld
  readonly sinks: readonly string[]
  readonly forMs: number
  readonly everyMs: number
}

const METRICS_TOPIC = 'pegel.metrics.v1'

/** Looks at every process and every sink's offsets, again and again. */
export async function watch({ world, sinks, forMs, everyMs }: WatchOptions): Promise<Watched> {
  const memory = new Map<string, Sample[]>(world.services.map((name) => [name, []]))
  const lag = new Map<string, Sample[]>(sinks.map((name) => [name, []]))
  const startedMs = performance.now()
  for (let round = 0; round * everyMs <= forMs; round += 1) {
    await sleep(Math.max(0, startedMs + round * everyMs - performance.now()))
    const atS = (performance.now() - startedMs) / 1000
    for (const [name, samples] of memory) samples.push({ atS, value: memoryMib(world.pid(name)) })
    for (const [sink, samples] of lag) samples.push({ atS, value: await world.lag(`sink-${sink}`, METRICS_TOPIC) })
  }
  return { memory, lag }
}
