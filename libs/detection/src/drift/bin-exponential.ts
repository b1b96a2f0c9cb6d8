/** Buckets of one sign of an exponential histogram (OpenTelemetry): bucket i counts (base^(offset+i), base^(offset+i+1)], base = 2^(2^-scale). */
export interface ExponentialBuckets {
  readonly offset: number
  readonly counts: ArrayLike<number>
}

export interface ExponentialHistogram {
  readonly scale: number
  readonly zeroCount: number
  readonly positive: ExponentialBuckets
  readonly negative: ExponentialBuckets
}

export interface BinnedHistogram {
  readonly counts: Float64Array
  readonly bounds: Float64Array
}

/** Powers of 2 of the common bins' bounds: two bins to an octave above zero, one below. */
const LEAST_POWER = -20
const MOST_POWER = 34
const PER_OCTAVE = 2

const negativeBounds = steps(1)
  .map((power) => -(2 ** power))
  .reverse()
const positiveBounds = steps(PER_OCTAVE).map((power) => 2 ** power)

/** The same for all: a common form has to have the same bounds, whatever scale and offset a client chose last. */
const BOUNDS = Float64Array.from([...negativeBounds, ...positiveBounds])
const ZERO = negativeBounds.length

/** An exponential histogram with bounds that never change, as `DistributionDrift.update` needs it. A bucket wider than a bin is divided evenly on the logarithmic scale. */
export function binExponential({ scale, zeroCount, positive, negative }: ExponentialHistogram): BinnedHistogram {
  const counts = new Float64Array(BOUNDS.length + 1)
  counts[ZERO] = zeroCount
  // A fraction of an octave that a bucket covers; scales beyond OpenTelemetry's are cut.
  const octaves = 2 ** -Math.min(Math.max(scale, -10), 20)
  spread(positive, octaves, PER_OCTAVE, (bin, count) => {
    const to = ZERO + 1 + bin
    counts[to] = (counts[to] ?? 0) + count
  })
  spread(negative, octaves, 1, (bin, count) => {
    const to = ZERO - 1 - bin
    counts[to] = (counts[to] ?? 0) + count
  })
  return { counts, bounds: BOUNDS }
}

function steps(perOctave: number): number[] {
  const count = (MOST_POWER - LEAST_POWER) * perOctave + 1
  return Array.from({ length: count }, (_, index) => LEAST_POWER + index / perOctave)
}

/** Bins count from the least bound on: bin 0 is above it. What is below it belongs to bin -1, what is above the last to the last. */
function spread(
  { offset, counts }: ExponentialBuckets,
  octaves: number,
  perOctave: number,
  add: (bin: number, count: number) => void,
): void {
  const last = (MOST_POWER - LEAST_POWER) * perOctave
  for (let index = 0; index < counts.length; index++) {
    const count = counts[index] ?? 0
    if (count === 0) continue
    const from = ((offset + index) * octaves - LEAST_POWER) * perOctave
    const width = octaves * perOctave
    const first = Math.floor(Math.min(Math.max(from, -1), last))
    const end = Math.min(Math.max(from + width, 0), last + 1)
    if (first + 1 >= end) add(Math.min(Math.max(first, -1), last), count)
    else
      for (let bin = first; bin < end; bin++) {
        const low = bin === first ? Math.min(from, first + 1) : bin
        const high = bin + 1 >= end ? from + width : bin + 1
        add(bin, (count * (high - low)) / width)
      }
  }
}
