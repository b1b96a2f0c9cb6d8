import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { kindOfSeriesBlock } from '../src/blocks.ts'
import { ContractError } from '../src/errors.ts'
import { POINT_BRANCH } from '../src/points-writer.ts'
import { readBatch, scanBatch } from '../src/read-batch.ts'
import { RunCopier } from '../src/run-copier.ts'
import type { RunScanner } from '../src/run-scanner.ts'
import { sealBatch, sealInPlace } from '../src/seal-batch.ts'
import { Slab } from '../src/slab.ts'
import { arbitraryBatch } from './arbitrary-batch.ts'
import { avroBytes } from './avro-model.ts'
import type { ModelBatch, ModelGroup } from './batch-model.ts'
import { groupsOf, writeModel } from './batch-model.ts'
import { damage, damaged } from './damage.ts'
import { expectSame } from './expect-same.ts'
import { lonePoints } from './lone-points.ts'

const FINGERPRINT = { fingerprintHi: 0xdeadbeef, fingerprintLo: 7 }
const bytesOf = (batch: ModelBatch, byAvsc: boolean): Buffer =>
  byAvsc ? avroBytes(batch) : sealBatch(batch.head, writeModel(batch, false))

/** The scanner's series as it is, in a slab. */
function sameSeries({ view, seriesAt, pointsAt, branch }: RunScanner) {
  const blockBytes = pointsAt - seriesAt
  const slab = new Slab(4 + ((blockBytes + 7) >> 3) * 2)
  slab.copyFrom(view, seriesAt, pointsAt, 4)
  return { ...FINGERPRINT, slab, blockAt: 4, blockBytes, branch }
}

/** The batch once more, run by run, of those that `keeps`. */
function copyOf(copier: RunCopier, value: Buffer, keeps: (run: number) => boolean = () => true): Buffer {
  const { envelope, runs } = scanBatch(value)
  let run = 0
  copier.begin(value.length)
  while (runs.nextGroup()) {
    copier.beginGroup(runs.bytes.subarray(runs.groupAt, runs.groupEnd))
    while (runs.nextRun()) {
      runs.skipSeries()
      runs.readPoints()
      if (keeps(run++)) copier.copy(runs, sameSeries(runs))
    }
  }
  const chunk = copier.end()
  if (chunk === undefined) return sealBatch(envelope, [])
  const copied = sealBatch(envelope, [chunk])
  expect((sealInPlace(envelope, chunk) ?? copied).equals(copied)).toBe(true)
  return copied
}

const refingered = (groups: readonly ModelGroup[]): ModelGroup[] =>
  groups.map(({ identity, runs }) => ({
    identity,
    runs: runs.map((run) => ({ ...run, fingerprint: 'deadbeef00000007' })),
  }))

/** What a batch has, point by point, or the code of what refuses it. */
function orCode<T>(attempt: () => T): T | string {
  try {
    return attempt()
  } catch (error) {
    if (error instanceof ContractError) return error.code
    throw error
  }
}

/** Every run: where its series lies, its points, and their first and last time. */
function scanned(value: Buffer): unknown {
  const { runs } = scanBatch(value)
  const seen: unknown[] = []
  while (runs.nextGroup()) {
    while (runs.nextRun()) {
      runs.skipSeries()
      runs.readPoints()
      const { seriesAt, pointsAt, branch, points, minTimeMs, maxTimeMs } = runs
      seen.push({ series: value.subarray(seriesAt, pointsAt).toString('hex'), branch, points, minTimeMs, maxTimeMs })
    }
  }
  return { seen, points: runs.totalPoints }
}

function read(value: Buffer): unknown {
  const { points } = readBatch(value)
  const seen = points.series.map(({ block, first, count }) => {
    const times = points.columns.timeMs.subarray(first, first + count)
    return {
      series: Buffer.from(block).toString('hex'),
      branch: POINT_BRANCH[kindOfSeriesBlock(block)],
      points: count,
      minTimeMs: times.reduce((min, time) => Math.min(min, time), Infinity),
      maxTimeMs: times.reduce((max, time) => Math.max(max, time), -Infinity),
    }
  })
  return { seen, points: points.columns.length }
}

describe('a batch whose runs are copied', () => {
  const copier = new RunCopier()

  it('is what it was, in new fingerprints, by whomever it was written', () => {
    fc.assert(
      fc.property(arbitraryBatch, fc.boolean(), (batch, byAvsc) => {
        const value = bytesOf(batch, byAvsc)
        const copy = copyOf(copier, value)
        expectSame(groupsOf(readBatch(copy)), refingered(batch.groups))
        const { envelope } = readBatch(value)
        expectSame(readBatch(copy).envelope, envelope)
      }),
      { numRuns: 80 },
    )
  })

  it('has the runs that were kept and no trace of others, and says when its points are', () => {
    fc.assert(
      fc.property(arbitraryBatch, fc.nat({ max: 3 }), (batch, nth) => {
        let run = 0
        const kept = refingered(batch.groups)
          .map(({ identity, runs }) => ({ identity, runs: runs.filter(() => run++ % 4 !== nth) }))
          .filter(({ runs }) => runs.length > 0)
        const copy = readBatch(copyOf(copier, bytesOf(batch, false), (index) => index % 4 !== nth))
        expectSame(groupsOf(copy), kept)
        const times = [...copy.points.columns.timeMs]
        const [minTimeMs, maxTimeMs] = times.length === 0 ? [0, 0] : [Math.min(...times), Math.max(...times)]
        expect(copy.envelope).toMatchObject({ points: times.length, minTimeMs, maxTimeMs })
      }),
      { numRuns: 80 },
    )
  })

  it('says how large it is', () => {
    fc.assert(
      fc.property(arbitraryBatch, (batch) => {
        copyOf(copier, bytesOf(batch, false))
        const { sizeBytes } = copier
        const bytes = copier.end()?.bytes.length ?? 0
        expect(sizeBytes).toBeGreaterThanOrEqual(bytes)
        expect(sizeBytes).toBeLessThanOrEqual(bytes + 2)
      }),
      { numRuns: 20 },
    )
  })
})

describe('a batch that is walked over', () => {
  it('has the runs that a reader sees, or is refused as the reader refuses it, damaged or not', () => {
    let [same, refused] = [0, 0]
    fc.assert(
      fc.property(arbitraryBatch, fc.boolean(), damage, (batch, byAvsc, changes) => {
        const value = damaged(bytesOf(batch, byAvsc), changes)
        const expected = orCode(() => read(value))
        expectSame(
          orCode(() => scanned(value)),
          expected,
        )
        if (typeof expected === 'string') refused += 1
        else same += 1
      }),
      { numRuns: 500 },
    )
    expect(Math.min(same, refused)).toBeGreaterThan(60)
  })

  it('is seen as a reader sees it, whichever byte of it is another, where each run has one number', () => {
    const value = lonePoints()
    expect(scanned(value)).toMatchObject({ points: 3, seen: Array(3).fill({ points: 1 }) as unknown[] })
    for (let at = 0; at < value.length; at += 1) {
      for (const byte of [0, 1, 2, 4, 0x80, 0xff]) {
        const changed = Buffer.from(value)
        changed[at] = byte
        expectSame(
          orCode(() => scanned(changed)),
          orCode(() => read(changed)),
        )
      }
    }
  })

  it('is refused when it is cut short anywhere', () => {
    const [batch] = fc.sample(
      arbitraryBatch.filter(({ groups }) => groups.length === 2),
      { numRuns: 1, seed: 7 },
    )
    if (batch === undefined) throw new Error('no sample')
    const value = bytesOf(batch, false)
    for (let length = 0; length < value.length; length++) {
      const outcome = orCode(() => scanned(value.subarray(0, length)))
      if (outcome !== 'contracts.decode_failed') throw new Error(`${length} of ${value.length} bytes were read`)
    }
  })
})
