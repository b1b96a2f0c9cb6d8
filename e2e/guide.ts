import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { NODE, ROOT } from '../tools/demo/run/place.ts'

/** What a command of a guide printed. */
export interface GuideResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The commands of a guide, one per block of bash, in their order. */
export function commandsOf(guide: string): readonly string[] {
  const text = readFileSync(join(ROOT, 'docs/guides', guide), 'utf8')
  return [...text.matchAll(/^```bash\n([^]*?)\n```$/gm)].map(([, command = '']) => command)
}

/** `npm run pegel -- …` builds first what is not built; a test's programs are built. */
const NPM = `npm() { shift 3; "${NODE}" --disable-warning=ExperimentalWarning "${ROOT}/dist/apps/cli/main.js" "$@"; }`

/** Runs a command of a guide as a reader would. */
export function runCommand(command: string, env: Readonly<Record<string, string>>): Promise<GuideResult> {
  const script = `set -euo pipefail\n${NPM}\n${command}\n`
  return new Promise((resolve, reject) => {
    execFile('bash', ['-c', script], { env: { ...process.env, ...env }, timeout: 90_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code
      if (typeof code === 'number') resolve({ code, stdout, stderr })
      else reject(error ?? new Error('it ended without a code'))
    })
  })
}
