import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'

const MIB = 1024 * 1024

/** A file system of its own and of bounded size, which can be filled to the last byte. */
export interface SmallDisk {
  /** In steps, since the proxies of the suite must go on meanwhile. */
  fill(): Promise<void>
  free(): void
  unmount(): void
}

/** Undefined where this process may not mount one: it needs root, and Linux. */
export function mountSmallDisk(dir: string, sizeMb: number): SmallDisk | undefined {
  mkdirSync(dir, { recursive: true })
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m`, 'pegel-faults', dir], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  const ballast = join(dir, 'ballast')
  return {
    async fill() {
      const file = await open(ballast, 'w')
      try {
        for (const block of [Buffer.alloc(8 * MIB), Buffer.alloc(4096)]) {
          while (statfsSync(dir).bavail * statfsSync(dir).bsize >= block.length) await file.write(block)
        }
      } catch (error) {
        // Something else took the last blocks: full is what was wanted.
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      } finally {
        await file.close()
      }
    },
    free: () => rmSync(ballast, { force: true }),
    unmount: () => unmount(dir),
  }
}

/** What a suite that was killed has left under a directory, which could not be removed otherwise. */
export function unmountAll(dir: string): void {
  if (!existsSync('/proc/mounts')) return
  const mounted = readFileSync('/proc/mounts', 'utf8').split('\n')
  for (const [, at = ''] of mounted.map((line) => line.split(' '))) if (at.startsWith(`${dir}/`)) unmount(at)
}

/** Lazily: a process that is about to end may still have a file open. */
function unmount(dir: string): void {
  execFileSync('umount', ['-l', dir], { stdio: 'ignore' })
}
