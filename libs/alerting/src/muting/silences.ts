import type { StoredSilence } from '@pegel/contracts'
import type { AlertMaintenance, Matcher, MatchOperator } from '@pegel/tenancy'
import type { Labels } from '../labels.ts'
import { compileMatchers } from '../matching.ts'
import type { LabelTest } from '../matching.ts'
import type { TimeIntervals } from '../timing/time-intervals.ts'

interface Compiled {
  readonly test: LabelTest
  readonly holdsAt: (nowMs: number) => boolean
}

/** Silences that people made, and maintenance windows of the file: alerts that match are not told meanwhile. */
export class Silences {
  readonly #windows: readonly Compiled[]
  #silences: readonly Compiled[] = []

  constructor(maintenance: readonly AlertMaintenance[], intervals: TimeIntervals) {
    this.#windows = maintenance.map(({ matchers, fromMs, toMs, during }) => ({
      test: compileMatchers(matchers),
      holdsAt: (nowMs) =>
        (fromMs === undefined || nowMs >= fromMs) &&
        (toMs === undefined || nowMs < toMs) &&
        (during.length === 0 || intervals.anyAt(during, nowMs)),
    }))
  }

  use(silences: readonly StoredSilence[]): void {
    this.#silences = silences.map(({ matchers, startsAtMs, endsAtMs }) => ({
      test: compileMatchers(matchers.map(toMatcher)),
      holdsAt: (nowMs) => nowMs >= startsAtMs && nowMs < endsAtMs,
    }))
  }

  silence(labels: Labels, nowMs: number): boolean {
    const holds = ({ test, holdsAt }: Compiled): boolean => holdsAt(nowMs) && test(labels)
    return this.#silences.some(holds) || this.#windows.some(holds)
  }
}

function toMatcher({ name, operator, value }: StoredSilence['matchers'][number]): Matcher {
  return { name, operator: operator as MatchOperator, value }
}
