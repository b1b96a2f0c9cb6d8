import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { NODE_ARGUMENTS } from '@pegel/config'

export interface ServiceOptions {
  /** The built program, for example `dist/apps/sink-prometheus/main.js`. */
  readonly entry: string
  readonly env: Readonly<Record<string, string>>
  /** Until its `listening` line. Default 20 s. */
  readonly startDeadlineMs?: number
}

export interface RunningService {
  readonly pid: number
  /** Metadata of its `listening` line: `port`, `adminPort`. */
  readonly listening: Readonly<Record<string, unknown>>
  /** Log lines so far. */
  readonly lines: readonly string[]
  /** Sends the signal and resolves with the exit code, or null when a signal ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** Starts a service as its own process and resolves once it says that it listens. */
export async function startService(options: ServiceOptions): Promise<RunningService> {
  const child = spawn(process.execPath, [...NODE_ARGUMENTS, options.entry], {
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  const lines: string[] = []
  const listening = await waitForListening(child, { lines, exited, deadlineMs: options.startDeadlineMs ?? 20_000 })
  return {
    pid: child.pid ?? -1,
    listening,
    lines,
    async stop(signal = 'SIGTERM') {
      child.kill(signal)
      return exited
    },
  }
}

interface Waiting {
  readonly lines: string[]
  readonly exited: Promise<number | null>
  readonly deadlineMs: number
}

function waitForListening(child: ChildProcess, waiting: Waiting): Promise<Readonly<Record<string, unknown>>> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      child.kill('SIGKILL')
      reject(new Error(`${child.spawnargs.join(' ')} ${why}:\n${waiting.lines.slice(-30).join('\n')}`))
    }
    const timer = setTimeout(() => fail(`did not listen within ${waiting.deadlineMs} ms`), waiting.deadlineMs)
    void waiting.exited.then((code) => {
      clearTimeout(timer)
      fail(`exited with ${code ?? 'a signal'} before it listened`)
    })
    const onLine = (line: string): void => {
      waiting.lines.push(line)
      const metadata = listeningMetadata(line)
      if (metadata === undefined) return
      clearTimeout(timer)
      resolve(metadata)
    }
    for (const stream of [child.stdout, child.stderr]) {
      let rest = ''
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        const parts = (rest + chunk).split('\n')
        rest = parts.pop() ?? ''
        parts.forEach(onLine)
      })
    }
  })
}

function listeningMetadata(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{') || !line.includes('"listening"')) return undefined
  const parsed = JSON.parse(line) as { message?: string; metadata?: Record<string, unknown> }
  return parsed.message === 'listening' ? (parsed.metadata ?? {}) : undefined
}
