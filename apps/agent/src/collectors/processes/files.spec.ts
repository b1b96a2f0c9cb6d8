import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { processFiles } from '../../fixtures/machine-tree.ts'
import { parseIo, parseStat, parseStatus } from './files.ts'

describe('parseStat', () => {
  const text = (name: string): string => processFiles(42, { name })['proc/42/stat'] ?? ''

  it('reads what the kernel writes', () => {
    expect(parseStat(text('node'))).toEqual({
      pid: 42,
      parentPid: 1,
      name: 'node',
      userSeconds: 1,
      systemSeconds: 0.5,
      minorFaults: 700,
      majorFaults: 3,
      threads: 11,
      startSeconds: 50,
      residentPages: 50,
    })
  })

  it('finds the end of any name', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 15 }), (name) => {
        expect(parseStat(text(name))).toMatchObject({ name, parentPid: 1, residentPages: 50 })
      }),
    )
  })

  it.each(['', '42', '42 (x)', '42 (x) S 1 2', 'a (x) S 1'])('is nothing for %j', (broken) => {
    expect(parseStat(broken)).toBeUndefined()
  })
})

describe('parseStatus', () => {
  it('reads memory and switches', () => {
    expect(parseStatus(processFiles(1)['proc/1/status'] ?? '')).toEqual({
      residentBytes: 200 * 1024,
      virtualBytes: 1024 * 1024,
      voluntarySwitches: 9,
      involuntarySwitches: 4,
    })
  })

  it('knows no memory of a kernel thread', () => {
    expect(parseStatus('Name:\tkworker/0:0\nThreads:\t1\n')).toMatchObject({
      residentBytes: undefined,
      virtualBytes: undefined,
    })
  })
})

describe('parseIo', () => {
  it('reads the bytes of storage, not those of the cache', () => {
    expect(parseIo(processFiles(1)['proc/1/io'] ?? '')).toEqual({ readBytes: 4096, writtenBytes: 8192 })
  })

  it('is nothing for half a file', () => {
    expect(parseIo('read_bytes: 1\n')).toBeUndefined()
  })
})
