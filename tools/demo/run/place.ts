import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { identify, isAlive } from '../../stack/process/identity.ts'
import { leftover, readRecord, writeRecord } from '../../stack/process/record.ts'
import { terminate } from '../../stack/process/service.ts'

export const ROOT = join(import.meta.dirname, '..', '..', '..')
/** Programs run on the Node that runs the demo. */
export const NODE = process.execPath

/** Where a demo keeps all it writes; emptied at its start, left for looking at afterwards. */
export interface Place {
  readonly dir: string
  readonly stack: string
  readonly logs: string
  readonly tenants: string
  readonly journals: string
  /** Rules, keys and configurations of the alerting. */
  readonly alerting: string
  /** What the detector learns from before the first point. */
  readonly recordings: string
  /** Process ids and ports of the services, written by `pegel run`. */
  readonly runState: string
}

const GRACE_MS = 5_000
const RECORD = '.process.json'

/** Empties the place, after stopping what a demo that was killed may have left in it. Throws when another one runs. */
export async function takePlace(dir: string): Promise<Place> {
  const other = readRecord(dir, 'demo')
  if (other !== undefined && isAlive(other.process)) {
    throw new Error(`Another demo runs already (process ${other.process.pid}); stop it first.`)
  }
  if (existsSync(dir)) await stopLeftovers(dir)
  rmSync(dir, { recursive: true, force: true })
  const place = {
    dir,
    stack: join(dir, 'stack'),
    logs: join(dir, 'logs'),
    tenants: join(dir, 'tenants'),
    journals: join(dir, 'journals'),
    alerting: join(dir, 'alerting'),
    recordings: join(dir, 'recordings'),
    runState: join(dir, 'run.json'),
  }
  for (const each of [place.logs, place.tenants, place.journals, place.recordings]) mkdirSync(each, { recursive: true })
  const self = identify(process.pid)
  if (self !== undefined) writeRecord(dir, 'demo', self, true)
  return place
}

async function stopLeftovers(dir: string): Promise<void> {
  const records = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith(RECORD))
  const left = records.flatMap((path) => leftover(join(dir, dirname(path)), basename(path, RECORD)) ?? [])
  await Promise.all(left.map((identity) => terminate(identity, GRACE_MS)))
}
