import type { Batch, Sink, SinkRecord, WriteResult } from '../sink.ts'
import { Pace } from './pace.ts'

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
