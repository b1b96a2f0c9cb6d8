import { at } from '../numbers.ts'
import type { DriftKind, SampleStatistics } from './drift.ts'

const ACTIVE = 0
const ROWS = 1
const USUAL = 2
const STEP = 3
const KIND = 4
const SINCE = 5
const BEFORE = 6
const AFTER = 9
const MAGNITUDE = 12

/** A series is back when it is nearer to what was usual than half of what it had gone away. */
const BACK = 0.5

export interface Change {
  readonly kind: DriftKind
  readonly since: number
  readonly before: SampleStatistics
  readonly after: SampleStatistics
  readonly magnitude: number
  /** What is compared between changes: means season aside, or mean sizes of surprises. */
  readonly from: number
  readonly to: number
}

/** Whether a drift lasts, and what the last change was. */
export class Alarm {
  readonly numbers = new Float64Array(MAGNITUDE + 1).fill(NaN, KIND)

  get isActive(): boolean {
    return at(this.numbers, ACTIVE) === 1
  }

  /** One row more; true when the drift has lasted for `limit` rows and so ends. */
  age(limit: number): boolean {
    if (!this.isActive) return false
    const rows = at(this.numbers, ROWS) + 1
    this.numbers[ROWS] = rows
    if (rows < limit) return false
    this.numbers[ACTIVE] = 0
    return true
  }

  /** True when the change ends the drift that lasted: it leads back to where that one began. */
  change(change: Change): boolean {
    const { numbers } = this
    const { kind, since, before, after, magnitude, from, to } = change
    const code = kind === 'level' ? 0 : 1
    const same = this.isActive && at(numbers, KIND) === code
    const isBack = same && Math.abs(to - at(numbers, USUAL)) < BACK * Math.abs(at(numbers, STEP))
    if (!same) numbers[USUAL] = from
    numbers[STEP] = to - at(numbers, USUAL)
    numbers[ACTIVE] = isBack ? 0 : 1
    numbers[ROWS] = 0
    numbers.set([code, since, before.rows, before.mean, before.sd, after.rows, after.mean, after.sd, magnitude], KIND)
    return isBack
  }

  /** The last change. */
  get last(): Omit<Change, 'from' | 'to'> | undefined {
    const { numbers } = this
    const code = at(numbers, KIND)
    if (Number.isNaN(code)) return undefined
    return {
      kind: code === 0 ? 'level' : 'variance',
      since: at(numbers, SINCE),
      before: { rows: at(numbers, BEFORE), mean: at(numbers, BEFORE + 1), sd: at(numbers, BEFORE + 2) },
      after: { rows: at(numbers, AFTER), mean: at(numbers, AFTER + 1), sd: at(numbers, AFTER + 2) },
      magnitude: at(numbers, MAGNITUDE),
    }
  }
}
