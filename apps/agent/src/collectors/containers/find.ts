import { isGone } from '../../gone.ts'
import type { Host } from '../../host.ts'
import { containerOf } from './container-path.ts'
import type { Container } from './container-path.ts'

export interface FoundContainer extends Container {
  /** Below the root of cgroup v2. */
  readonly path: string
}

/** kubepods.slice / kubepods-burstable.slice / …-pod<uid>.slice / cri-containerd-<id>.scope, and two more for nested engines. */
const MAX_DEPTH = 6
/** Groups looked at in one walk: a machine with more is not searched to its end. */
const MAX_GROUPS = 5000

/** The containers of the machine, level by level, in the order of their paths; at most `max`. None where there is no cgroup v2. */
export async function findContainers(host: Host, max: number): Promise<readonly FoundContainer[]> {
  if ((await unlessGone(host.cgroup('cgroup.controllers'))) === undefined) return []
  const found: FoundContainer[] = []
  let level = ['']
  let seen = 0
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth += 1) {
    const below: string[] = []
    for (const parent of level) {
      const names = (await unlessGone(host.cgroupChildren(parent))) ?? []
      for (const name of [...names].sort()) {
        seen += 1
        if (seen > MAX_GROUPS || found.length >= max) return found
        const path = parent === '' ? name : `${parent}/${name}`
        const container = containerOf(path)
        // What a container has inside is part of it.
        if (container === undefined) below.push(path)
        else found.push({ ...container, path })
      }
    }
    level = below
  }
  return found
}

export async function unlessGone<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}
