/**
 * The state of many series in one buffer: an object or a typed array a series would cost as much as the state itself. A slot is 16 doubles, 80 floats,
 * 128 16-bit and 880 8-bit numbers, 1,584 bytes; the offsets into them are the fields below.
 */
export const SLOT = { doubles: 16, floats: 80, words: 128, bytes: 880 } as const

export const SLOT_BYTES = SLOT.doubles * 8 + SLOT.floats * 4 + SLOT.words * 2 + SLOT.bytes

/** Doubles: times, and what is compared exactly. Values are relative to the anchor, which is the first one, so that floats suffice for the rest. */
export const LAST_TIME = 0
export const ANCHOR = 1
export const COUNT = 2
export const PERIOD_SINCE = 3
export const LAST_PERIOD_SINCE = 4
/** Records of single values: high, low, and those of the period before. */
export const POINT_RECORDS = 5
/** The same of means over 16 points. */
export const MEAN_RECORDS = 9
export const LAST_VALUE = 13

/** Floats. */
export const BLOCK_MEANS = 0
export const BLOCK_DEVIATIONS = 16
export const BLOCK_POINTS = 32
export const IN_BLOCK = 36
export const BLOCKS = 37
export const BLOCK_AT = 38
export const MEAN = 39
export const SPREAD = 40
export const LEVEL = 41
export const LEVELS = 42
export const LOWER = 43
export const UPPER = 44
export const CENTER = 45
export const SCALE = 46
export const RUN = 47
export const LONGEST_RUN = 48
export const HOLD_LEFT = 49
export const HIT_SURPRISE = 50
export const INTERVAL = 51
export const PERIOD_POINTS = 52
/** Of each of the four histograms: weight, decay not yet applied, samples, logarithm of the top bin. */
export const TAILS = 53
/** Of each of the two sets of shapes, the five fields below. */
export const SHAPES = 69
export const SHAPE_FIELDS = 5
export const KEPT = 0
export const SEEN = 1
export const TYPICAL = 2
export const COURSE_LENGTH = 3
export const HAND = 4

/** Words: the bins of the histograms. */
export const BINS = 0
export const BINS_PER_TAIL = 32

/** Bytes: 64 and 32 prototypes of 8, the two courses that are compared with them, and which prototypes were used of late. */
export const COURSE = 768
export const SHAPE_BYTES = 784
export const USED = 784

/** A cursor over the slots: `select` sets the offsets, which every function of the scoring adds to its fields. */
export class Slab {
  readonly doubles: Float64Array
  readonly floats: Float32Array
  readonly words: Uint16Array
  readonly bytes: Uint8Array
  d = 0
  f = 0
  w = 0
  b = 0

  constructor(slots: number) {
    const buffer = new ArrayBuffer(slots * SLOT_BYTES)
    const floatsAt = slots * SLOT.doubles * 8
    const wordsAt = floatsAt + slots * SLOT.floats * 4
    const bytesAt = wordsAt + slots * SLOT.words * 2
    this.doubles = new Float64Array(buffer, 0, slots * SLOT.doubles)
    this.floats = new Float32Array(buffer, floatsAt, slots * SLOT.floats)
    this.words = new Uint16Array(buffer, wordsAt, slots * SLOT.words)
    this.bytes = new Uint8Array(buffer, bytesAt, slots * SLOT.bytes)
  }

  select(slot: number): void {
    this.d = slot * SLOT.doubles
    this.f = slot * SLOT.floats
    this.w = slot * SLOT.words
    this.b = slot * SLOT.bytes
  }

  /** Makes the selected slot that of a series of which nothing is known. */
  clear(): void {
    const { d, f, w, b } = this
    this.doubles.fill(0, d, d + SLOT.doubles)
    this.floats.fill(0, f, f + SLOT.floats)
    this.words.fill(0, w, w + SLOT.words)
    this.bytes.fill(0, b, b + SLOT.bytes)
  }
}
