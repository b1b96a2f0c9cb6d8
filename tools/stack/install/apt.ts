import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ProductName } from '../types.ts'
import { aptPackages, versions } from '../versions.ts'
import { installed } from './cache.ts'
import { run } from './run.ts'
import type { Which } from './which.ts'

export type AptComponent = keyof typeof aptPackages

export interface AptJob {
  component: ProductName & AptComponent
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

/** Where the Debian packages of a component are unpacked. That needs no root, starts no service, and touches none that runs. */
export async function aptFolder({ component, which, onProgress }: Omit<AptJob, 'program'>): Promise<string> {
  const names = aptPackages[component]
  const what = names.length === 1 ? `package ${names.join()}` : `packages ${names.join(', ')}`
  return installed(
    {
      component,
      id: `${component}-debian-${versions.debianRecipe}`,
      note: `unpacking the Debian ${what} (once, a few seconds)`,
      programs: ['apt-get', 'dpkg-deb'],
      async install({ dir, logFile, programs: [apt = '', dpkg = ''] }) {
        const debs = join(dir, 'debs')
        mkdirSync(debs)
        for (const name of names) await download(apt, name, debs, logFile)
        for (const deb of readdirSync(debs)) await run(dpkg, ['-x', join(debs, deb), dir], { logFile })
        rmSync(debs, { recursive: true })
      },
    },
    which,
    onProgress,
  )
}

/** Path of a program from a Debian package, unpacked into the cache. A program that is on the PATH already is taken first. */
export async function aptProgram(job: AptJob): Promise<string> {
  const { component, program, which } = job
  return which(program) ?? which(component) ?? join(await aptFolder(job), 'usr', 'bin', program)
}
