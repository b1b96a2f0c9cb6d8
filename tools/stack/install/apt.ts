import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ComponentName } from '../types.ts'
import { aptPackages, versions } from '../versions.ts'
import { installed } from './cache.ts'
import { run } from './run.ts'
import type { Which } from './which.ts'

export type AptComponent = keyof typeof aptPackages

export interface AptJob {
  component: ComponentName & AptComponent
  /** Program in the package's /usr/bin. */
  program: string
  which: Which
  onProgress: (line: string) => void
}

async function download(apt: string, name: string, cwd: string, logFile: string): Promise<void> {
  const get = () => run(apt, ['download', name], { cwd, logFile })
  try {
    await get()
  } catch {
    try {
      await run(apt, ['update'], { logFile })
    } catch (error) {
      throw new Error('the package lists are out of date, run apt-get update as root', { cause: error })
    }
    await get()
  }
}

/**
 * Path of a program from a Debian package. The package is unpacked into the cache rather than installed: that needs no
 * root, starts no service, and touches none that runs. A program that is on the PATH already is taken first.
 */
export async function aptProgram({ component, program, which, onProgress }: AptJob): Promise<string> {
  const own = which(program) ?? which(component)
  if (own !== undefined) return own
  const name = aptPackages[component]
  const folder = await installed(
    {
      component,
      id: `${component}-debian-${versions.debianRecipe}`,
      note: `unpacking the Debian package ${name} (once, a few seconds)`,
      programs: ['apt-get', 'dpkg-deb'],
      async install({ dir, logFile, programs: [apt = '', dpkg = ''] }) {
        const debs = join(dir, 'debs')
        mkdirSync(debs)
        await download(apt, name, debs, logFile)
        for (const deb of readdirSync(debs)) await run(dpkg, ['-x', join(debs, deb), dir], { logFile })
        rmSync(debs, { recursive: true })
      },
    },
    which,
    onProgress,
  )
  return join(folder, 'usr', 'bin', program)
}
