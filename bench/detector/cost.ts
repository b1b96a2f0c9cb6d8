import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { median } from '../support/measure.ts'
import type { Watcher, WatcherKind } from './subjects.ts'

const STEP_MS = 10_000
const START_MS = Date.UTC(2026, 0, 1)
/** Points shown to each series before anything is measured: past the warm-up, with all prototypes in use. */
const LEARNED_POINTS = 600
/** Points of one series in a row: it stays in the processor's cache. */
const HOT_POINTS = 50_000
const ROUNDS = 5
/** Points of each series while all take turns: what is done with every 4th or 16th point is in it as often as it is to be. */
const COLD_POINTS = 16

export interface Cost {
  /** Microseconds of CPU a point, with one series in the processor's cache. */
  readonly hotUs: number
  /** The same with all series taking turns, as a service sees them: each point finds its series' state in memory. */
  readonly coldUs: number
  /** Growth of heap and buffers, all objects included, by series. */
  readonly bytes: number
  readonly savedBytes: number
  /** Seconds of CPU and of wall time for as many series as were asked for, by those that were measured. */
  readonly save: Seconds
  readonly restore: Seconds
}

export interface Seconds {
  readonly cpu: number
  readonly wall: number
}

export function measureCost(kind: WatcherKind, asked: number): Cost {
  const seriesCount = Math.ceil(asked * kind.share)
  const values = daysOf(HOT_POINTS)
  const hotUs = measureHot(kind, values)
  const before = usedBytes()
  const watchers = Array.from({ length: seriesCount }, () => kind.create())
  for (const [series, watcher] of watchers.entries()) {
    const from = beginning(series)
    show(watcher, values, from, from + LEARNED_POINTS)
  }
  const bytes = (usedBytes() - before) / seriesCount
  const coldUs = measureCold(watchers, values)
  const saved: Uint8Array[] = []
  const save = spend(() => {
    for (const watcher of watchers) saved.push(watcher.save())
  })
  const restored: Watcher[] = []
  const restore = spend(() => {
    for (const state of saved) restored.push(kind.restore(state))
  })
  const all = ({ cpu, wall }: Seconds): Seconds => ({ cpu: cpu / kind.share, wall: wall / kind.share })
  return { hotUs, coldUs, bytes, savedBytes: saved[0]?.length ?? 0, save: all(save), restore: all(restore) }
}

function measureHot(kind: WatcherKind, values: Float64Array): number {
  const rounds = Array.from({ length: ROUNDS + 1 }, () => {
    const watcher = kind.create()
    return (spend(() => show(watcher, values, 0, values.length)).cpu * 1e6) / values.length
  })
  return median(rounds.slice(1))
}

function measureCold(watchers: readonly Watcher[], values: Float64Array): number {
  const { cpu } = spend(() => {
    for (let index = LEARNED_POINTS; index < LEARNED_POINTS + COLD_POINTS; index++)
      for (const [series, watcher] of watchers.entries()) {
        const at = beginning(series) + index
        show(watcher, values, at, at + 1)
      }
  })
  return (cpu * 1e6) / (watchers.length * COLD_POINTS)
}

/** Every series is at another place of the load. */
function beginning(series: number): number {
  return (series * 37) % (HOT_POINTS - 2 * LEARNED_POINTS)
}

function show(watcher: Watcher, values: Float64Array, from: number, to: number): void {
  for (let index = from; index < to; index++) watcher.update(START_MS + index * STEP_MS, values[index] ?? 0)
}

/** A load with a daily wave, noise and a burst now and then; the same in every run. */
function daysOf(points: number): Float64Array {
  let state = 1
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  return Float64Array.from({ length: points }, (_, index) => {
    const wave = 50 + 20 * Math.sin((index * STEP_MS * 2 * Math.PI) / 86_400_000)
    return wave + 6 * (random() + random() - 1) + (random() < 0.001 ? 60 * random() : 0)
  })
}

function spend(work: () => unknown): Seconds {
  const [before, startMs] = [process.cpuUsage(), performance.now()]
  work()
  const { user, system } = process.cpuUsage(before)
  return { cpu: (user + system) / 1e6, wall: (performance.now() - startMs) / 1000 }
}

/** After a full collection, heap and what lies outside of it. */
function usedBytes(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
