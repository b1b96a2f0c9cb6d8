import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { variables } from '../environment.ts'
import { ComponentUnavailable, reasonOf } from '../errors.ts'
import type { ComponentName, Environment } from '../types.ts'
import { withLock } from './lock.ts'

export interface Artefact {
  component: ComponentName
  /** Folder in the cache: name and version, and whatever else its content depends on. */
  id: string
  /** Told to the user when it is installed, with how long that takes. */
  note: string
  /** Fills the empty folder; appends what it does to the log. */
  install: (dir: string, logFile: string) => Promise<void>
}

export function cacheDir(env: Environment = process.env): string {
  const { PEGEL_CACHE_DIR: own = '', XDG_CACHE_HOME: shared = '' } = env // empty counts as unset
  if (own !== '') return resolve(own)
  return join(shared === '' ? join(homedir(), '.cache') : shared, 'pegel')
}

async function install(artefact: Artefact, target: string): Promise<void> {
  const logs = join(cacheDir(), 'logs')
  mkdirSync(logs, { recursive: true })
  const logFile = join(logs, `${artefact.id}.log`)
  // In the same file system as the target, so that the rename below is atomic.
  const dir = mkdtempSync(join(cacheDir(), `.partial-${artefact.id}-`))
  try {
    await artefact.install(dir, logFile)
    renameSync(dir, target)
  } catch (error) {
    if (error instanceof ComponentUnavailable) throw error
    const { label, address } = variables[artefact.component]
    throw new ComponentUnavailable(
      artefact.component,
      `${label} could not be installed (${reasonOf(error)}; details in ${logFile}): repair that or set ${address} to one that runs already.`,
      { cause: error },
    )
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** Folder of the installed artefact. A folder exists under its final name only when it is complete. */
export async function installed(artefact: Artefact, onProgress: (line: string) => void): Promise<string> {
  const target = join(cacheDir(), artefact.id)
  if (existsSync(target)) return target
  mkdirSync(cacheDir(), { recursive: true })
  const { label } = variables[artefact.component]
  await withLock(
    join(cacheDir(), 'locks', artefact.id),
    () => onProgress(`${label}: another process is installing it, waiting …`),
    async () => {
      if (existsSync(target)) return
      onProgress(`${label}: ${artefact.note} …`)
      const started = Date.now()
      await install(artefact, target)
      onProgress(`${label}: installed in ${Math.round((Date.now() - started) / 1000)} s`)
    },
  )
  return target
}
