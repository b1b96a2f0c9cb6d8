import { runLogSink, runSink } from '@pegel/pipeline'
import type { LogRecord, MetricRecord, SinkRecord, SinkRunnerOptions } from '@pegel/pipeline'
import type { ComponentContext, Hosted } from './component.ts'

/** A write may take several requests: one more for each halving, and others when it is large. */
const REQUESTS_PER_WRITE = 3
/** A quarter of all that may wait is the most that one tenant may hold. */
const LANE_SHARE = 4

export interface SinkHostOptions<R extends SinkRecord = MetricRecord> extends Pick<
  SinkRunnerOptions<R>,
  'name' | 'sink'
> {
  /** Tells it from another sink of the same name in the same process; default: the name. */
  readonly label?: string
  /** Bytes in memory over all tenants. */
  readonly inFlightBytes: number
  readonly concurrentWrites: number
  /** Of one request to the backend. */
  readonly requestTimeoutMs: number
  /** What the sink wants otherwise than sinks in general. */
  readonly limits?: SinkRunnerOptions['limits']
}

/** Wires a sink into the running loop, with everything that the host gives a component. */
export function hostSink(context: ComponentContext<unknown>, options: SinkHostOptions): Hosted {
  return runSink(runnerOptions(context, options))
}

/** The same for a sink of log events. */
export function hostLogSink(context: ComponentContext<unknown>, options: SinkHostOptions<LogRecord>): Hosted {
  return runLogSink(runnerOptions(context, options))
}

function runnerOptions<R extends SinkRecord>(
  context: ComponentContext<unknown>,
  options: SinkHostOptions<R>,
): SinkRunnerOptions<R> {
  const { kafka, tenants, schemas, instance, log, metrics, tracing } = context
  const { name, label = name, sink, inFlightBytes, concurrentWrites, requestTimeoutMs } = options
  return {
    ...{ name, label, sink, kafka, tenants, schemas, instance, log, metrics, tracing },
    limits: {
      totalBytes: inFlightBytes,
      laneBytes: inFlightBytes / LANE_SHARE,
      concurrentWrites,
      writeTimeoutMs: requestTimeoutMs * REQUESTS_PER_WRITE,
      ...options.limits,
    },
  }
}
