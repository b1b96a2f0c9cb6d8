import { setTimeout as sleep } from 'node:timers/promises'
import { liveMemory } from '../../libs/testing/src/memory-probe.ts'
import type { PegelWorld } from '../support/pegel-world.ts'
import type { Sample } from './flatness.ts'

export interface Watched {
  /** By service, MiB, each time right after a full collection. */
  readonly memory: ReadonlyMap<string, MemorySamples>
  /** Records that a sink has not committed, by sink. */
  readonly lag: ReadonlyMap<string, readonly Sample[]>
}

export interface MemorySamples {
  /** On the heap and in buffers. */
  readonly held: Sample[]
  /** What the operating system counts. */
  readonly resident: Sample[]
}

export interface WatchOptions {
  readonly world: PegelWorld
  readonly sinks: readonly string[]
  readonly forMs: number
  readonly everyMs: number
}

const METRICS_TOPIC = 'pegel.metrics.v1'

/**
 * Looks at every process and every sink's offsets, again and again. Garbage is collected before each look: V8 puts that off for as long as
 * there is room, on a large machine for hours, and what grows meanwhile says nothing.
 */
export async function watch({ world, sinks, forMs, everyMs }: WatchOptions): Promise<Watched> {
  const memory = new Map<string, MemorySamples>(world.services.map((name) => [name, { held: [], resident: [] }]))
  const lag = new Map<string, Sample[]>(sinks.map((name) => [name, []]))
  const startedMs = performance.now()
  for (let round = 0; round * everyMs <= forMs; round += 1) {
    await sleep(Math.max(0, startedMs + round * everyMs - performance.now()))
    const atS = (performance.now() - startedMs) / 1000
    for (const [name, { held, resident }] of memory) {
      const { heapMib, externalMib, residentMib } = await liveMemory(world.lines(name))
      held.push({ atS, value: heapMib + externalMib })
      resident.push({ atS, value: residentMib })
    }
    for (const [sink, samples] of lag) samples.push({ atS, value: await world.lag(`sink-${sink}`, METRICS_TOPIC) })
  }
  return { memory, lag }
}
