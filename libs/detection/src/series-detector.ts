import type { Detector, DetectorOptions, Reason, Verdict } from './detector.ts'
import { explain } from './explain.ts'
import { Season } from './scoring/season.ts'
import { ANCHOR, COUNT, HIT_SURPRISE, HOLD_LEFT, LAST_PERIOD_SINCE, LAST_TIME, LOWER, MEAN } from './scoring/slab.ts'
import { SPREAD, UPPER } from './scoring/slab.ts'
import type { Slot } from './scoring/slots.ts'
import { step } from './scoring/step.ts'
import {
  CHANNELS,
  SEASON,
  SURPRISE_THRESHOLD,
  deviations,
  found,
  kindOf,
  report,
  surprises,
} from './scoring/surprises.ts'
import { encodeState } from './state.ts'

/** Points before the detector says what it expects. */
const WARM_UP = 64
/** After a detection so many points must surprise more than it did, by this, to be another one: what is unusual is told once, not with every point. */
const HOLD_POINTS = 60
const HOLD_MARGIN = 0.5
/** The score of what would be a detection, was there not one before it. */
const HELD_SCORE = 0.49

const NOTHING: readonly Reason[] = Object.freeze([])

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** A detector whose state is a slot of a slab. */
export class SeriesDetector implements Detector {
  readonly slot: Slot
  readonly season: Season | undefined
  readonly #options: Required<DetectorOptions>
  readonly #verdict: Mutable<Verdict> = {
    score: 0,
    expected: NaN,
    lower: NaN,
    upper: NaN,
    reasons: NOTHING,
    ready: false,
  }

  constructor(slot: Slot, options: Required<DetectorOptions>, season = options.season ? new Season() : undefined) {
    this.slot = slot
    this.#options = options
    this.season = season
  }

  update(timestampMs: number, value: number): Verdict {
    const { slab, index } = this.slot
    slab.select(index)
    const { doubles, d } = slab
    const count = doubles[d + COUNT] ?? 0
    const verdict = this.#verdict
    verdict.score = 0
    verdict.reasons = NOTHING
    if (!Number.isFinite(value) || !Number.isFinite(timestampMs)) return verdict
    if (count > 0 && timestampMs <= (doubles[d + LAST_TIME] ?? 0)) return verdict
    verdict.ready = count >= WARM_UP
    if (verdict.ready) this.#expect()
    const spread = slab.floats[slab.f + SPREAD] ?? 0
    step(slab, timestampMs, value)
    if (this.season !== undefined) this.#watchSeason(this.season, timestampMs, value, spread)
    if (verdict.ready) this.#judge()
    return verdict
  }

  explain(): string {
    const { slab, index } = this.slot
    slab.select(index)
    const spanMs = (slab.doubles[slab.d + LAST_TIME] ?? 0) - (slab.doubles[slab.d + LAST_PERIOD_SINCE] ?? 0)
    return explain(this.#verdict, spanMs)
  }

  save(): Uint8Array {
    return encodeState(this.slot, this.season)
  }

  /** What is expected of the next point, before it is known. */
  #expect(): void {
    const { doubles, d, floats, f } = this.slot.slab
    const anchor = doubles[d + ANCHOR] ?? 0
    this.#verdict.expected = anchor + (floats[f + MEAN] ?? 0)
    this.#verdict.lower = anchor + (floats[f + LOWER] ?? 0)
    this.#verdict.upper = anchor + (floats[f + UPPER] ?? 0)
  }

  #watchSeason(season: Season, timestampMs: number, value: number, spread: number): void {
    const { doubles, d } = this.slot.slab
    const anchor = doubles[d + ANCHOR] ?? 0
    const surprise = season.update(timestampMs, value - anchor, spread)
    const verdict = this.#verdict
    report(SEASON, surprise, value - anchor - season.expected)
    if (!verdict.ready || Number.isNaN(season.expected)) return
    verdict.expected = anchor + season.expected
    verdict.lower = anchor + season.lower
    verdict.upper = anchor + season.upper
  }

  /** Turns surprises into the score: the largest one counts. */
  #judge(): void {
    const { floats, f } = this.slot.slab
    const verdict = this.#verdict
    const left = floats[f + HOLD_LEFT] ?? 0
    if (left > 0) floats[f + HOLD_LEFT] = left - 1
    if (found.count === 0) return
    let most = 0
    for (let channel = 0; channel < CHANNELS.length; channel++)
      if ((surprises[channel] ?? 0) > most && this.#matters(channel)) most = surprises[channel] ?? 0
    const surprise = most * this.#options.sensitivity
    if (surprise > 0) verdict.score = scoreOf(surprise)
    if (surprise < SURPRISE_THRESHOLD) return
    if (left > 0 && surprise <= (floats[f + HIT_SURPRISE] ?? 0) + HOLD_MARGIN) {
      verdict.score = HELD_SCORE
      return
    }
    floats[f + HOLD_LEFT] = HOLD_POINTS
    floats[f + HIT_SURPRISE] = surprise
    verdict.reasons = this.#reasons()
  }

  /** On the side that is watched, and far enough from what was expected. */
  #matters(channel: number): boolean {
    const { direction, minDeviation, minDeviationRelative } = this.#options
    const deviation = deviations[channel] ?? 0
    if ((direction === 'up' && deviation < 0) || (direction === 'down' && deviation > 0)) return false
    const distance = Math.abs(deviation)
    return distance >= minDeviation && distance >= minDeviationRelative * Math.abs(this.#verdict.expected)
  }

  #reasons(): readonly Reason[] {
    const reasons: Reason[] = []
    for (let channel = 0; channel < CHANNELS.length; channel++) {
      const surprise = (surprises[channel] ?? 0) * this.#options.sensitivity
      if (surprise < SURPRISE_THRESHOLD || !this.#matters(channel)) continue
      const kind = kindOf(channel, deviations[channel] ?? 0)
      if (!reasons.some((reason) => reason.kind === kind)) reasons.push({ kind, score: scoreOf(surprise) })
    }
    return reasons.sort((a, b) => b.score - a.score)
  }
}

/** 0.5 at the threshold, 0.75 at twice of it, never 1. */
function scoreOf(surprise: number): number {
  return 1 - 2 ** (-surprise / SURPRISE_THRESHOLD)
}
