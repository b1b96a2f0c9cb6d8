import { createDriftDetector } from '@pegel/detection'
import { median } from '../support/measure.ts'
import type { Random } from '../support/random.ts'
import { createRandom } from '../support/random.ts'
import { Cusum } from './cusum.ts'
import type { Stream } from './streams.ts'

const START_MS = Date.UTC(2026, 0, 5)

export interface Counted {
  readonly own: number
  readonly peer: number
  readonly rows: number
}

/** Alarms of both on streams in which nothing changes. */
export function countAlarms(
  streams: number,
  rows: number,
  { intervalMs, make }: { intervalMs: number; make: (random: Random) => Stream },
): Counted {
  let [own, peer] = [0, 0]
  for (let seed = 1; seed <= streams; seed++) {
    const stream = make(createRandom(seed * 7919))
    const [detector, cusum] = [createDriftDetector(), new Cusum()]
    for (let row = 0; row < rows; row++) {
      const value = stream(row)
      if (detector.update(START_MS + row * intervalMs, value).drift) own++
      if (cusum.update(value)) peer++
    }
  }
  return { own, peer, rows: streams * rows }
}

export interface Delays {
  readonly own: number
  readonly ownMissed: number
  /** Alarms as the other kind of change. */
  readonly ownMistaken: number
  readonly peer: number
  readonly peerMissed: number
}

const WATCHED = 1000

/** Rows from a change of normal rows to the first alarm after it, median of the streams; missed is what was not found within 1,000 rows. */
export function measureDelays(
  streams: number,
  before: number,
  { intervalMs, kind, change }: { intervalMs: number; kind: 'level' | 'variance'; change: (value: number) => number },
): Delays {
  const own: number[] = []
  const peer: number[] = []
  let mistaken = 0
  for (let seed = 1; seed <= streams; seed++) {
    const random = createRandom(seed * 104_729)
    const [detector, cusum] = [createDriftDetector(), new Cusum()]
    let [ownDelay, peerDelay] = [Infinity, Infinity]
    for (let row = 0; row < before + WATCHED; row++) {
      const value = row < before ? random.normal() : change(random.normal())
      const verdict = detector.update(START_MS + row * intervalMs, value)
      if (row >= before && verdict.drift && ownDelay === Infinity) {
        ownDelay = row - before + 1
        if (verdict.kind !== kind) mistaken++
      }
      if (cusum.update(value) && row >= before) peerDelay = Math.min(peerDelay, row - before + 1)
    }
    own.push(ownDelay)
    peer.push(peerDelay)
  }
  const missed = (delays: readonly number[]): number => delays.filter((delay) => delay === Infinity).length
  return {
    own: median(own),
    ownMissed: missed(own),
    ownMistaken: mistaken,
    peer: median(peer),
    peerMissed: missed(peer),
  }
}
