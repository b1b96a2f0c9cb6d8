import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'

const PROGRAM = `
  import { createLogger } from ${JSON.stringify(join(import.meta.dirname, '..', 'src', 'logger.ts'))}
  const log = createLogger({ service: 'test' })
  log.info('ready')
  process.stdin.once('data', () => {
    for (const line of ['stopping', 'draining', 'stopped']) log.info(line)
    process.exit(0)
  })`

describe('createLogger', () => {
  it('keeps no process alive whose lines nobody reads any more', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', PROGRAM])
    try {
      await once(child.stdout, 'data')
      child.stdout.destroy()
      child.stdin.write('end\n')
      expect(await once(child, 'exit')).toEqual([0, null])
    } finally {
      child.kill('SIGKILL')
    }
  })
})
