import { expect, it } from '@jest/globals'
import { runScript } from './run-script.ts'

/** Of the output of a run that failed, after what was found: CI cuts long messages in the middle and at their end. */
const SHOWN_CHARS = 2000
const FINDINGS = /^(FOUND|FAILED).*$/gm

it('20 s of what nobody should send, through every door and into every topic, harm nobody', async () => {
  const { code, output } = await runScript(['e2e/fuzz/main.ts', '--seconds', '20', '--seed', '1'], process.env)
  const found = output.match(FINDINGS) ?? []
  if (code !== 0) throw new Error([...found.reverse(), `exit code ${code}:`, output.slice(-SHOWN_CHARS)].join('\n'))
  expect(output).toMatch(/PASSED: nothing found with --seed 1 in 20 s\n$/)
}, 600_000)
