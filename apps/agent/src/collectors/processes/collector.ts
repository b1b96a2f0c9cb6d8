import { isGone } from '../../gone.ts'
import { bootTimeMs } from '../../host.ts'
import type { Host } from '../../host.ts'
import type { Attributes, Collector, Observation } from '../../observation.ts'
import { containerOf } from '../containers/container-path.ts'
import type { Choice, CpuSeconds } from './choose.ts'
import { choose, cpuSecondsOf, processKey } from './choose.ts'
import { parseIo, parseStat, parseStatus } from './files.ts'
import type { ProcessStat } from './files.ts'
import * as metrics from './metrics.ts'

/** Files open at a time; a machine may have thousands of processes. */
const AT_A_TIME = 64
/** Beyond it the rest is not looked at. */
const MAX_PROCESSES = 20_000

interface Reading {
  readonly atMs: number
  readonly cpuSeconds: CpuSeconds
}

/** The processes that use most, and those that are named: a bounded number of them at each reading. */
export function createProcessCollector(host: Host, choice: Choice, now: () => number = Date.now): Collector {
  let before: Reading | undefined
  // Once: a process must not seem to begin anew because the clock was read a moment later.
  const bootMs = bootTimeMs(host, now())
  return {
    name: 'processes',
    metrics: Object.values(metrics.METRICS),
    async collect() {
      const atMs = now()
      const processes = await readAll(host)
      const chosen = choose(processes, before?.cpuSeconds ?? new Map(), choice)
      const last = before
      before = { atMs, cpuSeconds: new Map(processes.map((stat) => [processKey(stat), cpuSecondsOf(stat)])) }
      const cpus = Math.max(1, host.cpus().length)
      const observed = await inTurns(chosen, async (stat) => {
        const share = shareOf(stat, { last, atMs, cpus })
        return observe(host, stat, { share, atMs, startMs: Math.round(bootMs + stat.startSeconds * 1000) })
      })
      return observed.flat()
    },
  }
}

async function readAll(host: Host): Promise<readonly ProcessStat[]> {
  const pids = (await host.procEntries('')).filter((name) => /^\d+$/.test(name)).slice(0, MAX_PROCESSES)
  const stats = await inTurns(pids, async (pid) => {
    const text = await unlessGone(host.proc(`${pid}/stat`))
    return text === undefined ? undefined : parseStat(text)
  })
  return stats.filter((stat) => stat !== undefined)
}

/** Of all CPUs' time since the last reading; undefined when it was not there then. */
function shareOf(
  stat: ProcessStat,
  { last, atMs, cpus }: { readonly last: Reading | undefined; readonly atMs: number; readonly cpus: number },
): number | undefined {
  const earlier = last?.cpuSeconds.get(processKey(stat))
  if (last === undefined || earlier === undefined || atMs <= last.atMs) return undefined
  const seconds = (atMs - last.atMs) / 1000
  return Math.min(1, Math.max(0, cpuSecondsOf(stat) - earlier) / seconds / cpus)
}

async function observe(
  host: Host,
  stat: ProcessStat,
  { share, atMs, startMs }: { readonly share: number | undefined; readonly atMs: number; readonly startMs: number },
): Promise<Observation[]> {
  const { pid } = stat
  const [status, io, cgroup] = await Promise.all(
    ['status', 'io', 'cgroup'].map((file) => unlessGone(host.proc(`${pid}/${file}`))),
  )
  const attributes: Attributes = {
    'process.pid': pid,
    'process.executable.name': stat.name,
    ...containerOf(/^0::(.*)$/m.exec(cgroup ?? '')?.[1] ?? '')?.attributes,
  }
  const files = {
    status: status === undefined ? undefined : parseStatus(status),
    io: io === undefined ? undefined : parseIo(io),
  }
  const observations = metrics.observationsOf(stat, {
    ...files,
    share,
    upSeconds: Math.max(0, (atMs - startMs) / 1000),
  })
  return observations.map((each) => ({ ...each, attributes: { ...attributes, ...each.attributes }, startMs }))
}

/** A process may end at any time, and the files of others' may be closed to us. */
async function unlessGone(reading: Promise<string>): Promise<string | undefined> {
  try {
    return await reading
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}

async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (let at = 0; at < items.length; at += AT_A_TIME) {
    results.push(...(await Promise.all(items.slice(at, at + AT_A_TIME).map(work))))
  }
  return results
}
