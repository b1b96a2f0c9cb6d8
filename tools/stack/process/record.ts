import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { StartFailed } from '../errors.ts'
import { identify, isAlive } from './identity.ts'
import type { ProcessIdentity } from './identity.ts'

/** Who runs in a data directory, so that a later start finds what an earlier one left behind. */
export interface ProcessRecord {
  process: ProcessIdentity
  /** The process that started it; none when it is meant to outlive that one. */
  owner?: ProcessIdentity
}

function path(dataDir: string, name: string): string {
  return join(dataDir, `${name}.process.json`)
}

export function readRecord(dataDir: string, name: string): ProcessRecord | undefined {
  try {
    return JSON.parse(readFileSync(path(dataDir, name), 'utf8')) as ProcessRecord
  } catch {
    return undefined // none, or cut short by a crash: then nothing in it can be trusted
  }
}

export function writeRecord(dataDir: string, name: string, identity: ProcessIdentity, background: boolean): void {
  const owner = background ? undefined : identify(process.pid)
  const record: ProcessRecord = { process: identity, ...(owner === undefined ? {} : { owner }) }
  writeFileSync(path(dataDir, name), JSON.stringify(record))
}

/** Leaves the record of a successor alone. */
export function removeRecord(dataDir: string, name: string, identity: ProcessIdentity): void {
  if (readRecord(dataDir, name)?.process.pid === identity.pid) rmSync(path(dataDir, name), { force: true })
}

/** A process left behind by an owner that is gone; throws when the directory is rightly in use. */
export function leftover(dataDir: string, name: string): ProcessIdentity | undefined {
  const record = readRecord(dataDir, name)
  if (record === undefined || !isAlive(record.process)) return undefined
  if (record.owner !== undefined && !isAlive(record.owner)) return record.process
  throw new StartFailed(
    `${name} (process ${record.process.pid}) runs in ${dataDir} already; stop it first or use another directory.`,
  )
}
