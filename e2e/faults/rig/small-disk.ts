import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { join } from 'node:path'

const MIB = 1024 * 1024

/** A file system of its own and of bounded size, which can be filled to the last byte. */
export interface SmallDisk {
  fill(): void
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
    fill() {
      const file = openSync(ballast, 'w')
      try {
        for (const block of [Buffer.alloc(MIB), Buffer.alloc(4096)]) {
          while (statfsSync(dir).bavail * statfsSync(dir).bsize >= block.length) writeSync(file, block)
        }
      } catch (error) {
        // Something else took the last blocks: full is what was wanted.
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
      } finally {
        closeSync(file)
      }
    },
    free: () => rmSync(ballast, { force: true }),
    unmount: () => unmount(dir),
  }
}

/** Also what a suite that was killed has left; does nothing where there is nothing. */
export function unmount(dir: string): void {
  try {
    // Lazily: a process that is about to end may still have a file open.
    execFileSync('umount', ['-l', dir], { stdio: 'ignore' })
  } catch {
    // It was not mounted.
  }
}
