import { closeSync, openSync, readFileSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { ROOT } from './place.ts'

/** Builds every service; those that have not changed come from the Nx cache. Throws with the end of the output. */
export async function build(logs: string): Promise<void> {
  const logFile = join(logs, 'build.log')
  const log = openSync(logFile, 'w')
  const args = ['run-many', '-t', 'build', '--outputStyle=static']
  const child = spawn(join(ROOT, 'node_modules/.bin/nx'), args, { cwd: ROOT, stdio: ['ignore', log, log] })
  closeSync(log)
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code === 0) return
  throw new Error(
    `The services could not be built:\n${readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-20).join('\n')}`,
  )
}
