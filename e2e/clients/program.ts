import { spawn } from 'node:child_process'
import { once } from 'node:events'

export interface RunningProgram {
  stop(): Promise<void>
}

/** A program that runs until it is stopped; what it said is in the error when it ended before that. */
export async function startProgram(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<RunningProgram> {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => lines.push(text))
  }
  const exited = once(child, 'exit')
  await once(child, 'spawn')
  return {
    async stop() {
      const early = child.exitCode !== null
      child.kill('SIGTERM')
      await exited
      if (early) throw new Error(`${command} ended by itself:\n${lines.join('').slice(-4000)}`)
    },
  }
}
