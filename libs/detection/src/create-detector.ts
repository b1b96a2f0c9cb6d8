import type { Detector, DetectorOptions, Reason, Verdict } from './detector.ts'
import { detectionErrors } from './errors.ts'

const VERSION = 1
const FIELDS = 7
const BYTES = 1 + FIELDS * 8
const WARM_UP = 64
/** Excess over the range, as a fraction of it, that is a detection. */
const EXCESS = 0.03

export function createDetector(options: DetectorOptions = {}): Detector {
  return new RangeDetector(new Float64Array(FIELDS), options)
}

/** Throws detectionErrors.bad_state. */
export function restoreDetector(bytes: Uint8Array, options: DetectorOptions = {}): Detector {
  if (bytes.length !== BYTES || bytes[0] !== VERSION)
    throw detectionErrors.bad_state({ problem: `${bytes.length} bytes` })
  return new RangeDetector(new Float64Array(bytes.slice(1).buffer), options)
}

interface MutableVerdict extends Verdict {
  score: number
  expected: number
  lower: number
  upper: number
  reasons: Reason[]
  ready: boolean
}

class RangeDetector implements Detector {
  readonly #state: Float64Array
  readonly #options: DetectorOptions
  readonly #verdict: MutableVerdict = {
    score: 0,
    expected: NaN,
    lower: NaN,
    upper: NaN,
    reasons: [],
    ready: false,
  }

  constructor(state: Float64Array, options: DetectorOptions) {
    this.#state = state
    this.#options = options
  }

  update(timestampMs: number, value: number): Verdict {
    const s = this.#state
    const verdict = this.#verdict
    const [count = 0, last = 0, low = 0, high = 0, mean = 0, since = 0] = s
    verdict.score = 0
    verdict.reasons = []
    if (!Number.isFinite(value) || !Number.isFinite(timestampMs) || (count > 0 && timestampMs <= last)) return verdict
    verdict.ready = count >= WARM_UP
    if (verdict.ready) {
      Object.assign(verdict, { expected: mean, lower: low, upper: high })
      const up = this.#options.direction === 'down' ? 0 : value - high
      const down = this.#options.direction === 'up' ? 0 : low - value
      const excess = Math.max(up, down, 0) / (high - low || Math.abs(high) * 1e-3 || 1e-9)
      if (excess > 0 && since >= 100) {
        verdict.score = excess / (excess + EXCESS / (this.#options.sensitivity ?? 1))
        verdict.reasons = [{ kind: up > down ? 'record_high' : 'record_low', score: verdict.score }]
      }
    }
    s[0] = count + 1
    s[1] = timestampMs
    s[2] = count === 0 ? value : Math.min(low + (high - low) / 10_000, value)
    s[3] = count === 0 ? value : Math.max(high - (high - low) / 10_000, value)
    s[4] = count === 0 ? value : mean + (value - mean) / 50
    s[5] = verdict.score >= 0.5 ? 0 : since + 1
    return verdict
  }

  explain(): string {
    const { reasons, lower, upper } = this.#verdict
    const [first] = reasons
    const what =
      first === undefined ? 'nothing unusual' : first.kind === 'record_high' ? 'highest value' : 'lowest value'
    return Number.isNaN(lower)
      ? 'still learning'
      : `${what}; usual range ${lower.toPrecision(3)}–${upper.toPrecision(3)}`
  }

  save(): Uint8Array {
    const bytes = new Uint8Array(BYTES)
    bytes[0] = VERSION
    bytes.set(new Uint8Array(this.#state.buffer), 1)
    return bytes
  }
}
