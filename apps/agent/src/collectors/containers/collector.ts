import type { Host } from '../../host.ts'
import type { Collector, Observation } from '../../observation.ts'
import { findContainers, unlessGone } from './find.ts'
import type { FoundContainer } from './find.ts'
import { cpuSecondsOf, FILES, METRICS, observationsOf } from './metrics.ts'
import type { FileTexts } from './metrics.ts'

export interface ContainerOptions {
  /** Containers that get series at most; the first by path. */
  readonly max: number
  readonly now?: () => number
}

/** What stood in cpu.stat, and when. */
interface CpuReading {
  readonly atMs: number
  readonly seconds: number
}

/** The containers of this machine by their cgroups (v2): Docker's, Podman's and Kubernetes', without asking any of them. */
export function createContainerCollector(host: Host, { max, now = Date.now }: ContainerOptions): Collector {
  let before: ReadonlyMap<string, CpuReading> = new Map()
  return {
    name: 'containers',
    metrics: Object.values(METRICS),
    async collect() {
      const readings = new Map<string, CpuReading>()
      const out: Observation[] = []
      for (const container of await findContainers(host, max)) {
        const texts = await read(host, container)
        const reading = { atMs: now(), seconds: cpuSecondsOf(texts) ?? NaN }
        readings.set(container.id, reading)
        const observations = observationsOf(texts, cpusInUse(before.get(container.id), reading))
        const { attributes } = container
        out.push(
          ...observations.map((each) => ({ ...each, attributes: { ...attributes, ...each.attributes }, startMs: 0 })),
        )
      }
      before = readings
      return out
    },
  }
}

async function read(host: Host, { path }: FoundContainer): Promise<FileTexts> {
  const texts = await Promise.all(
    FILES.map(async (file) => [file, await unlessGone(host.cgroup(`${path}/${file}`))] as const),
  )
  return Object.fromEntries(texts) as FileTexts
}

function cpusInUse(before: CpuReading | undefined, { atMs, seconds }: CpuReading): number | undefined {
  if (before === undefined || atMs <= before.atMs) return undefined
  const used = ((seconds - before.seconds) / (atMs - before.atMs)) * 1000
  return Number.isNaN(used) ? undefined : Math.max(0, used)
}
