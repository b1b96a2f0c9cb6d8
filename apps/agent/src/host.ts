import { readdir, readFile, statfs } from 'node:fs/promises'
import os from 'node:os'
import { join } from 'node:path'

/** Size and use of a file system, in blocks of `bsize` bytes; see statfs(2). */
export interface FileSystemStats {
  readonly bsize: number
  readonly blocks: number
  readonly bfree: number
  /** Free to others than root; the rest of bfree is reserved. */
  readonly bavail: number
}

/** All that collectors see of the machine: tests put recorded files in its place. */
export interface Host {
  readonly platform: NodeJS.Platform
  /** Text of a file under /proc. */
  proc(path: string): Promise<string>
  /** Names in a directory under /proc. */
  procEntries(path: string): Promise<readonly string[]>
  /** Text of a file under the root of cgroup v2. */
  cgroup(path: string): Promise<string>
  /** Names of the groups right below one; the root is ''. */
  cgroupChildren(path: string): Promise<readonly string[]>
  statfs(mountpoint: string): Promise<FileSystemStats>
  cpus(): readonly { readonly times: Readonly<Record<'user' | 'nice' | 'sys' | 'idle' | 'irq', number>> }[]
  loadavg(): readonly number[]
  totalmem(): number
  freemem(): number
  uptimeSeconds(): number
}

const CGROUPS = 'sys/fs/cgroup'

/** @param root where the machine's /proc and /sys are found: `/`, or where a container has them mounted, such as `/host` */
export function thisHost(root = '/'): Host {
  const proc = (path: string): string => join(root, 'proc', root === '/' ? path : ofTheMachine(path))
  return {
    platform: process.platform,
    proc: (path) => readFile(proc(path), 'utf8'),
    procEntries: (path) => readdir(path.startsWith('self/') ? join('/proc', path) : proc(path)),
    cgroup: (path) => readFile(join(root, CGROUPS, path), 'utf8'),
    async cgroupChildren(path) {
      const entries = await readdir(join(root, CGROUPS, path), { withFileTypes: true })
      return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
    },
    statfs: (mountpoint) => statfs(join(root, mountpoint)),
    cpus: () => os.cpus(),
    loadavg: () => os.loadavg(),
    totalmem: () => os.totalmem(),
    freemem: () => os.freemem(),
    uptimeSeconds: () => os.uptime(),
  }
}

/** When the machine started, ms since the epoch, to the second: good enough to say since when a counter counts. */
export function bootTimeMs(host: Host, nowMs: number): number {
  return Math.round(nowMs / 1000 - host.uptimeSeconds()) * 1000
}

/** In another process namespace `self` is nobody, and mounts and networks are those of process 1. */
function ofTheMachine(path: string): string {
  return path.replace(/^self\//, '1/').replace(/^net\//, '1/net/')
}
