import { describe, expect, it } from '@jest/globals'
import type { LetterSummary } from '@pegel/pipeline'
import { newId, parseRate } from '../replay/options.ts'
import { parseWait } from '../times.ts'
import { selectLetters } from './select.ts'

const letter = (offset: number, over: Partial<LetterSummary> = {}): LetterSummary => ({
  ...{ partition: 1, offset, writtenAtMs: offset * 1000, tenant: 'acme', stage: 'sink', sink: 'influxdb' },
  source: { topic: 'pegel.metrics.v1', partition: 2, offset: offset + 100 },
  ...{ sourceAtMs: 0, refused: 1, reasons: [{ reason: 'too_old', count: 1 }], late: [], message: '', sizeBytes: 1 },
  ...{ settled: '', replayId: '' },
  ...over,
})
const letters = [
  letter(0),
  letter(1, { tenant: 'globex' }),
  letter(2, { stage: 'enricher', sink: '' }),
  letter(3, { reasons: [{ reason: 'other', count: 1 }] }),
  letter(4, { settled: 'dropped' }),
]
const offsets = (options: Parameters<typeof selectLetters>[1]): number[] =>
  selectLetters(letters, options).map(({ offset }) => offset)

describe('selectLetters', () => {
  it.each([
    [{}, [0, 1, 2, 3]],
    [{ all: true }, [0, 1, 2, 3, 4]],
    [{ tenant: 'globex' }, [1]],
    [{ sink: 'influxdb' }, [0, 1, 3]],
    [{ stage: 'enricher' }, [2]],
    [{ reason: 'other' }, [3]],
    [{ from: '1970-01-01T00:00:01Z', to: '1970-01-01T00:00:03Z' }, [1, 2]],
    [{ limit: '2' }, [0, 1]],
    [{ id: ['1@3', 'pegel.dead-letters.v1/1@0'] }, [0, 3]],
    [{ id: ['pegel.metrics.v1/2@101'] }, [1]],
    [{ id: ['9@9'] }, []],
  ])('%j', (options, expected) => {
    expect(offsets(options)).toEqual(expected)
  })

  it.each([
    [{ id: ['3'] }, '--id'],
    [{ limit: '0' }, '--limit'],
    [{ limit: 'x' }, '--limit'],
    [{ to: 'never' }, '--to'],
  ])('refuses %j', (options, named) => {
    expect(() => offsets(options)).toThrow(named)
  })
})

describe('options of a replay', () => {
  it('takes rates and waits', () => {
    expect([parseRate('500'), parseRate('500/s'), parseRate('500points/s')]).toEqual([500, 500, 500])
    expect([parseWait('0'), parseWait('2m')]).toEqual([0, 120_000])
    expect(() => parseRate('0')).toThrow('--rate')
    expect(() => parseWait('x')).toThrow('--wait')
    expect(newId('drop', 0)).toMatch(/^drop-19700101T000000Z-[0-9a-f]{6}$/)
  })
})
