import { expect, it } from '@jest/globals'
import { spawn } from 'node:child_process'

/** Of the output of a run that failed, after what was found: CI cuts long messages in the middle and at their end. */
const SHOWN_CHARS = 2000
const FINDINGS = /^(FOUND|FAILED).*$/gm

/** Runs the fuzzers as a user would, on the stack of the tests, and gives the exit code and what they printed. */
function runFuzz(...args: readonly string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('node', ['e2e/fuzz/main.ts', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const collect = (chunk: Buffer): string => (output += chunk.toString())
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output }))
  })
}

it('20 s of what nobody should send, through every door and into every topic, harm nobody', async () => {
  const { code, output } = await runFuzz('--seconds', '20', '--seed', '1')
  const found = output.match(FINDINGS) ?? []
  if (code !== 0) throw new Error([...found.reverse(), `exit code ${code}:`, output.slice(-SHOWN_CHARS)].join('\n'))
  expect(output).toMatch(/PASSED: nothing found with --seed 1 in 20 s\n$/)
}, 600_000)
