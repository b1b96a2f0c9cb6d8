import { spawn } from 'node:child_process'
import { Socket } from 'node:net'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import type { ProcessIdentity } from './identity.ts'

let pipe: Writable | undefined

function watchdog(): Writable {
  if (pipe !== undefined) return pipe
  // Detached: a Ctrl-C in the terminal must not end it before it has done its work.
  const child = spawn(process.execPath, [join(import.meta.dirname, 'watchdog.ts')], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: process.env.PATH, NODE_NO_WARNINGS: '1' },
  })
  child.unref()
  const input = child.stdin
  input.on('error', () => (pipe = undefined)) // it was killed: the next component gets a new one
  child.once('exit', () => (pipe = undefined))
  // Neither the child nor its pipe may keep a finished test run alive.
  if (input instanceof Socket) input.unref()
  pipe = input
  return input
}

/** From here on the process ends with this one, however this one ends. */
export function guard(identity: ProcessIdentity): void {
  watchdog().write(`+${JSON.stringify(identity)}\n`)
}

export function unguard(identity: ProcessIdentity): void {
  pipe?.write(`-${JSON.stringify(identity)}\n`)
}
