import { spawn } from 'node:child_process'

export interface ScriptEnd {
  /** Null when a signal ended it. */
  readonly code: number | null
  /** What it printed on both streams, as it came. */
  readonly output: string
}

/** Runs a script of this repository with Node.js, as a user would, to its end. @param args the script, then its arguments */
export function runScript(args: readonly string[], env: NodeJS.ProcessEnv): Promise<ScriptEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn('node', args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const collect = (chunk: Buffer): string => (output += chunk.toString())
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output }))
  })
}
