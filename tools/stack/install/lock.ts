import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { identify, isAlive } from '../process/identity.ts'
import type { ProcessIdentity } from '../process/identity.ts'
import { until } from '../process/wait.ts'

const hourMs = 3_600_000

function holder(path: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessIdentity
  } catch {
    return undefined // released in this very moment
  }
}

/** A lock is a hard link to a complete file, so nobody ever reads one without its holder. */
function tryTake(path: string): boolean {
  const own = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`
  writeFileSync(own, JSON.stringify(identify(process.pid)))
  try {
    const current = holder(path)
    if (current !== undefined && !isAlive(current)) rmSync(path, { force: true })
    linkSync(own, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(own, { force: true })
  }
}

/** Runs the work while no other process on this machine holds the same lock; a dead holder's lock is taken over. */
export async function withLock<T>(path: string, onWait: () => void, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(path), { recursive: true })
  if (!tryTake(path)) {
    onWait()
    if (!(await until(() => tryTake(path), { deadlineMs: hourMs, everyMs: 300 }))) {
      throw new Error(`${path} has been held for an hour by process ${String(holder(path)?.pid)}`)
    }
  }
  try {
    return await work()
  } finally {
    rmSync(path, { force: true })
  }
}
