/**
 * Runs as a process of its own. Standard input is a pipe from the process that started the components: lines of
 * `+` or `-` and a process identity as JSON. When the pipe closes, that process is gone, even by kill -9, and what it
 * still had running is stopped.
 */
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { isAlive, signal } from './identity.ts'
import type { ProcessIdentity } from './identity.ts'

const graceMs = 3_000
const watched = new Map<number, ProcessIdentity>()

for await (const line of createInterface({ input: process.stdin })) {
  const identity = JSON.parse(line.slice(1)) as ProcessIdentity
  if (line.startsWith('+')) watched.set(identity.pid, identity)
  else watched.delete(identity.pid)
}

const left = [...watched.values()]
for (const identity of left) signal(identity, 'SIGTERM')
const end = Date.now() + graceMs
while (left.some(isAlive) && Date.now() < end) await delay(100)
for (const identity of left) signal(identity, 'SIGKILL')
