import { DEFAULT_SINK_LIMITS } from '../sink-limits.ts'
import type { SinkLimits } from '../sink-limits.ts'
import type { Batch, Sink, SinkRecord, WriteResult } from '../sink.ts'
import { Pace } from './pace.ts'

/**
 * Points of a second that one write may have: what a replay writes at once, live writes of the same process and backend wait for. Not fewer, since one
 * write goes at a time, and a backend may take a quarter of a second for it.
 */
const SHARE_OF_A_SECOND = 1 / 4

/** Limits of a runner that replays so many points a second. A single record may exceed them, as always. */
export function pacedLimits(limits: Partial<SinkLimits>, pointsPerSecond: number): Partial<SinkLimits> {
  const { pointsPerWrite = DEFAULT_SINK_LIMITS.pointsPerWrite } = limits
  const paced = Math.max(1, Math.floor(pointsPerSecond * SHARE_OF_A_SECOND))
  return { ...limits, concurrentWrites: 1, pointsPerWrite: Math.min(pointsPerWrite, paced) }
}

/** A sink that is given so many points a second at most. */
export function pacedSink<R extends SinkRecord>(sink: Sink<R>, pointsPerSecond: number): Sink<R> {
  const pace = new Pace(pointsPerSecond)
  return {
    async write(batch: Batch<R>, signal: AbortSignal): Promise<WriteResult> {
      const points = batch.records.reduce((sum, { select, envelope }) => sum + (select?.length ?? envelope.points), 0)
      await pace.take(points, signal)
      return sink.write(batch, signal)
    },
    check: (signal) => sink.check(signal),
    close: () => sink.close(),
    async assigned(partitions, signal) {
      await sink.assigned?.(partitions, signal)
    },
    abandoned: (records) => sink.abandoned?.(records),
    async prepare(config, signal) {
      await sink.prepare?.(config, signal)
    },
  }
}
