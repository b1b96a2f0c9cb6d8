import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { temporaryDirectory } from './directory.ts'

const timeoutMs = 300_000
const directory = temporaryDirectory()

/** Without addresses that this shell may have exported. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('PEGEL_') || name === 'PEGEL_CACHE_DIR'),
)

function stack(...args: string[]) {
  const main = join(import.meta.dirname, '..', 'main.ts')
  const result = spawnSync(process.execPath, [main, ...args, '--dir', directory], { encoding: 'utf8', env })
  return { code: result.status, out: result.stdout, err: result.stderr }
}

describe('npm run stack', () => {
  it(
    'leaves a component running until down',
    async () => {
      const first = stack('up', 'alertmanager')
      expect(first).toMatchObject({ code: 0, out: expect.stringMatching(/^export PEGEL_ALERTMANAGER_URL=http\S+\n$/) })
      const url = first.out.trim().split('=')[1] ?? ''
      expect((await fetch(`${url}/-/ready`)).status).toBe(200)

      expect(stack('up', 'alertmanager')).toMatchObject({ code: 0, out: first.out })
      expect(stack('status')).toMatchObject({ code: 0, out: expect.stringContaining(url) })

      expect(stack('down')).toMatchObject({ code: 0, err: expect.stringContaining('Alertmanager: stopped') })
      await expect(fetch(url)).rejects.toThrow()
      expect(stack('down')).toMatchObject({ code: 0 })
      expect(stack('status').code).toBe(1)
    },
    timeoutMs,
  )

  it('explains itself when misused', () => {
    expect(stack('frob')).toMatchObject({ code: 2, err: expect.stringContaining('usage: npm run stack') })
  })
})
