import { spawn } from 'node:child_process'
import { appendFileSync } from 'node:fs'

export interface RunOptions {
  cwd?: string
  env?: Record<string, string>
  /** Gets the command and all of its output. */
  logFile?: string
  timeoutMs?: number
}

export class CommandFailed extends Error {
  readonly output: string

  constructor(command: string, code: string, output: string) {
    const lines = output.trimEnd().split('\n')
    const reason = (lines.find((line) => /error|^E:/i.test(line)) ?? lines.at(-1) ?? '').trim()
    super(`${command} ended with ${code}${reason === '' ? '' : `: ${reason}`}`)
    this.name = 'CommandFailed'
    this.output = output
  }
}

/** Runs a program to its end and resolves with its output (both streams); throws CommandFailed unless it exits with 0. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { cwd, env, logFile, timeoutMs } = options
  return new Promise((resolve, reject) => {
    const log = (text: string) => {
      if (logFile !== undefined) appendFileSync(logFile, text)
    }
    log(`$ ${[command, ...args].join(' ')}\n`)
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
      ...(cwd === undefined ? {} : { cwd }),
      ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
    })
    let output = ''
    const collect = (chunk: string) => {
      output += chunk
      log(chunk)
    }
    child.stdout.setEncoding('utf8').on('data', collect)
    child.stderr.setEncoding('utf8').on('data', collect)
    child.once('error', reject)
    child.once('close', (code, signal) => {
      if (code === 0) resolve(output)
      else reject(new CommandFailed(command, signal ?? `exit code ${String(code)}`, output))
    })
  })
}
