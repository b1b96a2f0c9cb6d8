import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { build } from 'esbuild'

const root = resolve(import.meta.dirname, '../../../..')

export interface Child {
  readonly lines: string[]
  /** kill -9; resolves when the process is gone. */
  kill(): Promise<void>
}

/** Bundles a program of this folder and runs it as a process of its own. */
export async function runChild(file: string, args: readonly string[]): Promise<Child> {
  // Inside the tree, so that the packages it leaves outside are found.
  const folder = await mkdtemp(join(root, 'node_modules', '.pegel-test-'))
  const program = join(folder, 'child.mjs')
  await build({
    entryPoints: [join(import.meta.dirname, file)],
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    tsconfig: join(root, 'tsconfig.base.json'),
    logLevel: 'error',
  })
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line))
  const gone = new Promise<void>((done) => child.once('exit', () => done()))
  return {
    lines,
    async kill() {
      child.kill('SIGKILL')
      await gone
      await rm(folder, { recursive: true })
    },
  }
}
