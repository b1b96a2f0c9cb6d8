import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { NODE, ROOT } from './place.ts'

const execute = promisify(execFile)

export interface CommandResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command line of Pegel to its end; an exit code is a value, a program that cannot be started throws. */
export async function pegel(args: readonly string[], env: Readonly<Record<string, string>>): Promise<CommandResult> {
  const command = ['--disable-warning=ExperimentalWarning', `${ROOT}/dist/apps/cli/main.js`, ...args]
  try {
    const options = { env: { ...process.env, ...env }, maxBuffer: 256 * 1024 * 1024, timeout: 120_000 }
    const { stdout, stderr } = await execute(NODE, command, options)
    return { code: 0, stdout, stderr }
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: unknown; stdout?: string; stderr?: string }
    if (typeof code !== 'number') throw error
    return { code, stdout, stderr }
  }
}
