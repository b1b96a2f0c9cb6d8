import { readdir, readFile, statfs } from 'node:fs/promises'
import os from 'node:os'

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
  statfs(mountpoint: string): Promise<FileSystemStats>
  cpus(): readonly { readonly times: Readonly<Record<'user' | 'nice' | 'sys' | 'idle' | 'irq', number>> }[]
  loadavg(): readonly number[]
  totalmem(): number
  freemem(): number
  uptimeSeconds(): number
}

export function thisHost(): Host {
  return {
    platform: process.platform,
    proc: (path) => readFile(`/proc/${path}`, 'utf8'),
    procEntries: (path) => readdir(`/proc/${path}`),
    statfs: (mountpoint) => statfs(mountpoint),
    cpus: () => os.cpus(),
    loadavg: () => os.loadavg(),
    totalmem: () => os.totalmem(),
    freemem: () => os.freemem(),
    uptimeSeconds: () => os.uptime(),
  }
}
