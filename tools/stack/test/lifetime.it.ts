import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { withLock } from '../install/lock.ts'
import { identify, isAlive, signal } from '../process/identity.ts'
import { leftover, writeRecord } from '../process/record.ts'
import { until } from '../process/wait.ts'
import { temporaryDirectory } from './directory.ts'

const timeoutMs = 300_000
const directory = temporaryDirectory()

function sleeper() {
  const child = spawn('sleep', ['600'], { stdio: 'ignore' })
  const identity = identify(child.pid ?? 0)
  if (identity === undefined) throw new Error('sleep did not start')
  return identity
}

describe('lifetime', () => {
  it(
    'ends the components of a process that was killed',
    async () => {
      const parent = spawn(
        process.execPath,
        [join(import.meta.dirname, 'fixtures', 'hang.ts'), join(directory, 'hang')],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      )
      const [line] = (await once(parent.stdout, 'data')) as [Buffer]
      const component = identify(Number(line.toString().trim()))
      if (component === undefined) throw new Error('the component does not run')
      parent.kill('SIGKILL')
      expect(await until(() => !isAlive(component), { deadlineMs: 10_000 })).toBe(true)
    },
    timeoutMs,
  )

  it('finds what a dead owner left, and leaves a living owner alone', () => {
    const process = sleeper()
    writeRecord(directory, 'x', process, false)
    expect(() => leftover(directory, 'x')).toThrow(/runs in .* already/)
    const record = { process, owner: { ...process, startedAt: 'long ago' } }
    writeFileSync(join(directory, 'x.process.json'), JSON.stringify(record))
    expect(leftover(directory, 'x')).toEqual(process)
    signal(process, 'SIGKILL')
  })

  it('never signals a process that took over the id', async () => {
    const process = sleeper()
    signal({ pid: process.pid, startedAt: 'long ago' }, 'SIGKILL')
    expect(await until(() => !isAlive(process), { deadlineMs: 200 })).toBe(false)
    signal(process, 'SIGKILL')
    expect(await until(() => !isAlive(process), { deadlineMs: 5_000 })).toBe(true)
  })
})

describe('withLock', () => {
  it('lets one at a time work', async () => {
    const order: string[] = []
    const work = (name: string) =>
      withLock(
        join(directory, 'lock'),
        () => undefined,
        async () => {
          order.push(`${name} in`)
          await until(() => false, { deadlineMs: 100 })
          order.push(`${name} out`)
        },
      )
    await Promise.all([work('a'), work('b')])
    expect(order).toEqual(['a in', 'a out', 'b in', 'b out'])
  })

  it('takes over the lock of a dead holder', async () => {
    const lock = join(directory, 'locks', 'dead')
    mkdirSync(join(directory, 'locks'), { recursive: true })
    writeFileSync(lock, JSON.stringify({ pid: 1, startedAt: 'long ago' }))
    expect(
      await withLock(
        lock,
        () => undefined,
        () => Promise.resolve('done'),
      ),
    ).toBe('done')
  })
})
