import { at, checkIndex, packNumbers, unpackNumbers } from '../numbers.ts'
import type { Change } from './alarm.ts'
import { Alarm } from './alarm.ts'
import { Borders } from './borders.ts'
import { Cleaner } from './cleaner.ts'
import { DayFit } from './day-fit.ts'
import type { DriftDetector, DriftOptions, DriftVerdict } from './drift.ts'
import { explainChange } from './explain-drift.ts'
import { BLOCK_ROWS, DAY_MS, LEVEL, SNAPSHOT_ROWS, SPREAD, WARM_UP_ROWS } from './parameters.ts'
import { Scales } from './scales.ts'
import { shareOfSeason } from './smooth-test.ts'
import { Snapshots } from './snapshots.ts'
import type { Split } from './split-test.ts'
import { SplitTest } from './split-test.ts'
import { FIRST_HARMONIC, SQUARES, TIME, WIDTH, Window } from './window.ts'

const FORMAT = { kind: 1, version: 1 }

const LAST_MS = 0
const ORIGIN = 1
const IN_BLOCK = 2
const AFTER_SNAPSHOT = 3
const FIRST_MS = 4

/** Values are cut to this: their squares stay finite. */
const MOST = 1e100
/**
 * Evidence that must remain when a smooth season is given its share: more of it while a stretch of a day has passed in which a season looks like a drift
 * most, less before (too short to bend) and after (it has shown itself).
 */
const SUDDEN = 0.1
const SUDDEN_ON_FIRST_DAY = 3
const FIRST_DAY_FROM_MS = 0.05 * DAY_MS
const FIRST_DAY_TO_MS = 0.5 * DAY_MS
/** Young streams need more evidence, by this many rows over theirs. */
const YOUNG_ROWS = 30
/** A variance may grow by this at once in what was learned. */
const MOST_GROWTH = 16

/** What a test needs, and nothing of a series: shared by all. */
const borders = new Borders()
const test = new SplitTest()

const STATES = [0, 1, 2, 3].map((bits) => ({ drift: false, resolved: false, active: bits > 1, ready: bits % 2 === 1 }))

export class SeriesDriftDetector implements DriftDetector {
  readonly #options: Required<DriftOptions>
  readonly #numbers = new Float64Array(5)
  readonly #block = new Float64Array(WIDTH)
  readonly #cleaner = new Cleaner()
  readonly #window = new Window()
  readonly #scales: readonly [Scales, Scales] = [new Scales(), new Scales()]
  readonly #fit = new DayFit()
  readonly #snapshots = new Snapshots()
  readonly #alarm = new Alarm()

  constructor(options: Required<DriftOptions>) {
    this.#options = options
    this.#numbers[LAST_MS] = -Infinity
  }

  update(timestampMs: number, value: number): DriftVerdict {
    const numbers = this.#numbers
    if (!(timestampMs > at(numbers, LAST_MS)) || !Number.isFinite(timestampMs) || !Number.isFinite(value))
      return this.#quiet()
    numbers[LAST_MS] = timestampMs
    const cut = Math.min(Math.max(value, -MOST), MOST)
    if (this.#cleaner.rows === 0) {
      numbers[ORIGIN] = cut
      numbers[FIRST_MS] = timestampMs
    }
    this.#cleaner.add(cut - at(numbers, ORIGIN))
    const isOver = this.#alarm.age(this.#options.acceptAfterRows)
    const found = this.#gather(timestampMs) ? this.#judge() : undefined
    if (found !== undefined) return found
    return isOver ? { ...this.#quiet(), resolved: true, ...this.#alarm.last } : this.#quiet()
  }

  explain(): string {
    const change = this.#alarm.last
    return change === undefined ? '' : explainChange(change)
  }

  save(): Uint8Array {
    return packNumbers(FORMAT, this.#parts())
  }

  /** Throws detectionErrors.bad_state; this must not be used then. */
  load(bytes: Uint8Array): void {
    unpackNumbers(FORMAT, bytes, this.#parts())
    checkIndex('count of rows', at(this.#numbers, IN_BLOCK), BLOCK_ROWS - 1)
    this.#window.check()
    this.#snapshots.check()
    for (const scales of this.#scales) scales.check()
  }

  #parts(): readonly Float64Array[] {
    const { buckets, counts } = this.#window
    const scales = this.#scales.flatMap(({ parts }) => parts)
    const own = [this.#numbers, this.#block, this.#cleaner.numbers, buckets, counts, this.#alarm.numbers]
    return [...own, ...scales, ...this.#fit.parts, ...this.#snapshots.parts]
  }

  #quiet(): DriftVerdict {
    const bits = (this.#alarm.isActive ? 2 : 0) + (this.#cleaner.rows >= WARM_UP_ROWS ? 1 : 0)
    return STATES[bits] as DriftVerdict
  }

  /** True when the row completes a block. */
  #gather(timestampMs: number): boolean {
    const block = this.#block
    const numbers = this.#numbers
    const { value, surprise } = this.#cleaner
    const before = at(numbers, IN_BLOCK)
    if (before === 0) {
      block.fill(0)
      block[TIME] = timestampMs
    }
    block[LEVEL] = at(block, LEVEL) + value
    block[SPREAD] = at(block, SPREAD) + surprise
    block[SQUARES] = at(block, SQUARES) + value * value
    numbers[IN_BLOCK] = (before + 1) % BLOCK_ROWS
    return before + 1 === BLOCK_ROWS
  }

  #judge(): DriftVerdict | undefined {
    this.#learn()
    if (this.#cleaner.rows < WARM_UP_ROWS || this.#snapshots.isEmpty) return undefined
    this.#snapshots.choose(this.#cleaner.rows)
    borders.read(this.#window, this.#snapshots)
    const { sd, wildSd, rows } = this.#cleaner
    const split = test.run(borders, this.#snapshots, { least: this.#options.minMagnitude * sd, wildSd })
    if (split.evidence <= this.#options.threshold * (1 + YOUNG_ROWS / rows)) return undefined
    borders.read(this.#window, this.#snapshots, true)
    const noise = this.#snapshots.variance(split.stream, at(borders.rows, split.end) - at(borders.rows, split.split))
    const share = shareOfSeason(borders, split, { usual: sd, noise })
    const pastMs = at(this.#numbers, LAST_MS) - at(this.#numbers, FIRST_MS)
    const sudden = pastMs > FIRST_DAY_FROM_MS && pastMs < FIRST_DAY_TO_MS ? SUDDEN_ON_FIRST_DAY : SUDDEN
    if (!(split.evidence * (1 - share) >= sudden)) return undefined
    test.refine(borders)
    return this.#report(split)
  }

  #learn(): void {
    const block = this.#block
    const fit = this.#fit
    fit.seek(at(block, TIME))
    this.#snapshots.choose(this.#cleaner.rows)
    for (let index = FIRST_HARMONIC; index < TIME; index++)
      block[index] = at(fit.terms, index - FIRST_HARMONIC + 1) * BLOCK_ROWS
    this.#window.add(block)
    const value = at(block, LEVEL) / BLOCK_ROWS
    const surprise = at(block, SPREAD) / BLOCK_ROWS
    this.#scales[LEVEL].add(value - this.#season(LEVEL))
    this.#scales[SPREAD].add(surprise - this.#season(SPREAD))
    fit.learn(value, surprise)
    const rows = at(this.#numbers, AFTER_SNAPSHOT) + BLOCK_ROWS
    this.#numbers[AFTER_SNAPSHOT] = rows % SNAPSHOT_ROWS
    if (rows >= SNAPSHOT_ROWS) this.#snapshots.take(this.#scales, fit)
  }

  #season(stream: number): number {
    if (!this.#snapshots.hasSeason(stream)) return 0
    let season = 0
    for (let index = 1; index < this.#fit.terms.length; index++)
      season += this.#snapshots.harmonic(stream, index - 1) * at(this.#fit.terms, index)
    return season
  }

  #report(found: Split): DriftVerdict {
    const change = this.#describe(found)
    const resolved = this.#alarm.change(change)
    this.#window.keepNewest(found.split)
    this.#fit.loosenLevel()
    const growth = found.stream === SPREAD ? Math.min(Math.max(found.spreadRatio ** 2, 1), MOST_GROWTH) : 1
    for (const scales of this.#scales) scales.changed(growth)
    this.#snapshots.scaleUp(growth)
    const { kind, since, before, after, magnitude } = change
    return { drift: true, resolved, active: !resolved, ready: true, kind, since, before, after, magnitude }
  }

  #describe({ split, end, stream, spreadRatio }: Split): Change {
    const origin = at(this.#numbers, ORIGIN)
    const recent = at(borders.rows, split)
    const before = {
      rows: at(borders.rows, end) - recent,
      mean: origin + borders.rawMean(split, end),
      sd: borders.sd(split, end),
    }
    const after = { rows: recent, mean: origin + borders.rawMean(0, split), sd: borders.sd(0, split) }
    const since = borders.time(split)
    const from = borders.mean(stream, split, end)
    const to = borders.mean(stream, 0, split)
    if (stream === SPREAD) return { kind: 'variance', since, before, after, magnitude: spreadRatio, from, to }
    return { kind: 'level', since, before, after, magnitude: (to - from) / before.sd, from, to }
  }
}
