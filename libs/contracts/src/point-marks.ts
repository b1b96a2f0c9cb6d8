/** Told where in a chunk that stands which changes from request to request of one client; positions are those in the chunk that take() gives. */
export interface PointMarks {
  /** The base time of a group. */
  base(at: number, bytes: number): void
  /** The start time of a run. */
  start(at: number, bytes: number, timeMs: number, timeNs: number): void
  /** The value of a number. */
  value(at: number): void
}
