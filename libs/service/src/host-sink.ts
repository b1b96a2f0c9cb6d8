import { runLogSink, runSink } from '@pegel/pipeline'
import type { LogRecord, MetricRecord, SinkRecord, SinkRunnerOptions } from '@pegel/pipeline'
import type { ComponentContext, Hosted } from './component.ts'

/** A write may take several requests: one more for each halving, and others when it is large. */
const REQUESTS_PER_WRITE = 3
/** A quarter of all that may wait is the most that one tenant may hold. */
const LANE_SHARE = 4
const DAY_MS = 86_400_000

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
  /** What writes replays: a sink of its own, so that nothing of the live one is shared. */
  readonly replay: { readonly sink: SinkRunnerOptions<R>['sink']; readonly pointsPerSecond: number }
}

/** What the host needs of a sink's settings. */
export interface LaneConfig {
  readonly PEGEL_LANE_PARK_AFTER_MS: number
  readonly PEGEL_LANE_DEAD_LETTER_SHARE: number
  readonly PEGEL_LANE_DEAD_LETTER_WINDOW: number
  readonly PEGEL_LANE_DEAD_LETTER_RUN: number
}

/** Wires a sink into the running loop, with everything that the host gives a component. */
export function hostSink(context: ComponentContext<LaneConfig>, options: SinkHostOptions): Hosted {
  const live = runnerOptions(context, options)
  return together({ '': runSink(live), replay_: runSink(replayOptions(live, options.replay)) })
}

/** The same for a sink of log events. */
export function hostLogSink(context: ComponentContext<LaneConfig>, options: SinkHostOptions<LogRecord>): Hosted {
  const live = runnerOptions(context, options)
  return together({ '': runLogSink(live), replay_: runLogSink(replayOptions(live, options.replay)) })
}

/** Several parts as one, started and stopped at the same time; their checks get the parts' names before them. */
export function together(parts: Readonly<Record<string, Hosted>>): Hosted {
  const all = Object.values(parts)
  const checks = Object.entries(parts).flatMap(([prefix, part]) =>
    Object.entries(part.checks).map(([name, check]) => [`${prefix}${name}`, check] as const),
  )
  return {
    checks: Object.fromEntries(checks),
    async start() {
      await Promise.all(all.map((part) => part.start()))
    },
    async stop(deadlineMs) {
      await Promise.all(all.map((part) => part.stop(deadlineMs)))
    },
  }
}

/** A replay has all the time in the world, and an eighth of the memory. */
const REPLAY_SHARE = 8

function replayOptions<R extends SinkRecord>(
  live: SinkRunnerOptions<R>,
  { sink, pointsPerSecond }: SinkHostOptions<R>['replay'],
): SinkRunnerOptions<R> {
  const { totalBytes = 0, laneBytes = 0 } = live.limits ?? {}
  const limits = { ...live.limits, totalBytes: totalBytes / REPLAY_SHARE, laneBytes: laneBytes / REPLAY_SHARE }
  return { ...live, sink, limits, replay: { pointsPerSecond } }
}

function runnerOptions<R extends SinkRecord>(
  context: ComponentContext<LaneConfig>,
  options: SinkHostOptions<R>,
): SinkRunnerOptions<R> {
  const { config, kafka, tenants, schemas, instance, log, metrics, tracing } = context
  const { name, label = name, sink, inFlightBytes, concurrentWrites, requestTimeoutMs } = options
  return {
    ...{ name, label, sink, kafka, tenants, schemas, instance, log, metrics, tracing },
    limits: {
      totalBytes: inFlightBytes,
      laneBytes: inFlightBytes / LANE_SHARE,
      concurrentWrites,
      writeTimeoutMs: requestTimeoutMs * REQUESTS_PER_WRITE,
      parkAfterMs: config.PEGEL_LANE_PARK_AFTER_MS,
      deadLetterShare: config.PEGEL_LANE_DEAD_LETTER_SHARE,
      deadLetterWindow: config.PEGEL_LANE_DEAD_LETTER_WINDOW,
      deadLetterRun: config.PEGEL_LANE_DEAD_LETTER_RUN,
      parkedRetentionMs: config.MONITORING_RETENTION_DAYS * DAY_MS,
      ...options.limits,
    },
  }
}
