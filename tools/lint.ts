/** Types, lint (with module boundaries), format and generated files: everything that must be at zero. `--fix` mends what it can. */
import { run } from './run.ts'

const fix = process.argv.includes('--fix')
const steps: readonly [string, string, string[]][] = [
  ['project graph', 'nx', ['show', 'projects', '--sep=,']],
  ['types', 'tsc', ['-p', 'tsconfig.json']],
  ['lint', 'eslint', ['.', '--max-warnings=0', ...(fix ? ['--fix'] : [])]],
  ['format', 'prettier', [fix ? '--write' : '--check', '--log-level=warn', '.']],
  ['generated', 'node', ['tools/generate.ts', ...(fix ? [] : ['--check'])]],
]

let failed = 0
for (const [name, command, args] of steps) {
  const code = await run(command, args)
  process.stderr.write(`${name}: ${code === 0 ? 'ok' : 'failed'}\n`)
  if (code !== 0) failed += 1
}
process.exit(failed === 0 ? 0 : 1)
