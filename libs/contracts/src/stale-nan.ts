/**
 * Prometheus' staleness marker is the NaN of these bits, which arithmetic in JavaScript may turn into another NaN. So it
 * never travels as a number: a batch has the flag NO_RECORDED_VALUE, and the edges read and write the bits.
 */
export const STALE_NAN_HI = 0x7ff00000
export const STALE_NAN_LO = 0x00000002

/** Is the little-endian double at this place the staleness marker? */
export function isStaleNaN(view: DataView, at: number): boolean {
  return view.getUint32(at + 4, true) === STALE_NAN_HI && view.getUint32(at, true) === STALE_NAN_LO
}

/** Writes the staleness marker as a little-endian double. */
export function writeStaleNaN(view: DataView, at: number): void {
  view.setUint32(at, STALE_NAN_LO, true)
  view.setUint32(at + 4, STALE_NAN_HI, true)
}
