import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { identify } from '../../stack/process/identity.ts'
import { takePlace } from '../run/place.ts'

let dir: string

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'pegel-place-'))
})

afterEach(() => {
  rmSync(dir, { recursive: true })
})

describe('takePlace', () => {
  it('empties what an earlier demo has left', async () => {
    writeFileSync(join(dir, 'old'), 'x')
    const place = await takePlace(dir)
    expect(existsSync(join(dir, 'old'))).toBe(false)
    expect(existsSync(place.journals)).toBe(true)
  })

  it('leaves a demo alone that still runs', async () => {
    const place = await takePlace(dir)
    writeFileSync(join(place.logs, 'log'), 'x')
    await expect(takePlace(dir)).rejects.toThrow('Another demo runs already')
    expect(existsSync(join(place.logs, 'log'))).toBe(true)
  })

  it('stops a process of a demo that is gone', async () => {
    const child = spawn('sleep', ['60'])
    const ended = once(child, 'exit')
    const logs = join(dir, 'logs')
    mkdirSync(logs)
    const owner = { pid: 2 ** 22, startedAt: 'long ago' }
    const record = { process: identify(child.pid ?? 0), owner }
    writeFileSync(join(logs, 'shop.process.json'), JSON.stringify(record))
    await takePlace(dir)
    expect(await ended).toEqual([null, 'SIGTERM'])
  })
})
