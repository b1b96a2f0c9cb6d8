import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { namingOf } from '../environment.ts'
import { ComponentUnavailable, reasonOf } from '../errors.ts'
import type { Environment, ProductName } from '../types.ts'
import { withLock } from './lock.ts'
import { requirePrograms } from './requirements.ts'
import type { Which } from './which.ts'

export interface Artefact {
  component: ProductName
  /** Folder in the cache: name and version, and whatever else its content depends on. */
  id: string
  /** Told to the user when it is installed, with how long that takes. */
  note: string
  /** What installing needs; their paths are passed to install in this order. */
  programs: readonly string[]
  install: (job: InstallJob) => Promise<void>
}

export interface InstallJob {
  /** Empty, to be filled. It is renamed afterwards, so nothing in it may depend on its path. */
  dir: string
  /** Gets the output of every command. */
  logFile: string
  programs: readonly string[]
}

export function cacheDir(env: Environment = process.env): string {
  const { PEGEL_CACHE_DIR: own = '', XDG_CACHE_HOME: shared = '' } = env // empty counts as unset
  if (own !== '') return resolve(own)
  return join(shared === '' ? join(homedir(), '.cache') : shared, 'pegel')
}

const partial = (id: string) => `.partial-${id}-`

/** Of installations that were killed; called by the only one that may install this. */
function removeDebris(id: string): void {
  const debris = readdirSync(cacheDir()).filter((name) => name.startsWith(partial(id)))
  for (const name of debris) rmSync(join(cacheDir(), name), { recursive: true, force: true })
}

async function install(artefact: Artefact, target: string, programs: readonly string[]): Promise<void> {
  removeDebris(artefact.id)

  const logs = join(cacheDir(), 'logs')
  mkdirSync(logs, { recursive: true })
  const logFile = join(logs, `${artefact.id}.log`)
  // In the same file system as the target, so that the rename below is atomic.
  const dir = mkdtempSync(join(cacheDir(), partial(artefact.id)))
  try {
    await artefact.install({ dir, logFile, programs })
    renameSync(dir, target)
  } catch (error) {
    const { label, address } = namingOf(artefact.component)
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
export async function installed(artefact: Artefact, which: Which, onProgress: (line: string) => void): Promise<string> {
  const target = join(cacheDir(), artefact.id)
  if (existsSync(target)) return target
  const programs = requirePrograms(artefact.component, artefact.programs, which)
  mkdirSync(cacheDir(), { recursive: true })
  const { label } = namingOf(artefact.component)
  await withLock(
    join(cacheDir(), 'locks', artefact.id),
    () => onProgress(`${label}: another process is installing it, waiting …`),
    async () => {
      if (existsSync(target)) return
      onProgress(`${label}: ${artefact.note} …`)
      const started = Date.now()
      await install(artefact, target, programs)
      onProgress(`${label}: installed in ${Math.round((Date.now() - started) / 1000)} s`)
    },
  )
  return target
}
