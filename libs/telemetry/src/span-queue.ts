import type { BatchSpanProcessor, ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace'
import { messageOf } from '@pegel/errors'
import type { Logger } from './logger.ts'
import type { Metrics } from './metrics.ts'

export const TRACE_METRICS = [
  { name: 'pegel_trace_spans_total', type: 'counter', help: 'Spans of our own that ended, by what became of them' },
] as const

type Fate = 'exported' | 'failed' | 'dropped'

export interface SpanQueueOptions {
  readonly exporter: SpanExporter
  /** Ended spans in memory at most, those being sent included; beyond it they are dropped and counted. */
  readonly maxSpans: number
  readonly log: Logger
  readonly metrics: Metrics
  /** Makes the SDK's own batching around an exporter. */
  readonly batch: (exporter: SpanExporter) => BatchSpanProcessor
}

/**
 * Between the spans and the SDK's batching exporter: bounds what is in memory, counts every span's fate, and says once when
 * exporting begins to fail and once when it works again. A receiver that is down costs spans and nothing else.
 */
export class SpanQueue implements SpanProcessor {
  readonly #options: SpanQueueOptions
  readonly #batch: BatchSpanProcessor
  readonly #count: (fate: Fate, spans: number) => void
  #held = 0
  #failing = false

  constructor(options: SpanQueueOptions) {
    this.#options = options
    const [metric] = TRACE_METRICS
    const counter = options.metrics.counter(metric.name, metric.help, ['result'])
    this.#count = (result, spans) => counter.inc({ result }, spans)
    this.#batch = options.batch(this.#observed(options.exporter))
  }

  onStart(): void {
    // Only spans that ended take room.
  }

  onEnd(span: ReadableSpan): void {
    if (this.#held >= this.#options.maxSpans) {
      this.#count('dropped', 1)
      return
    }
    this.#held += 1
    this.#batch.onEnd(span)
  }

  forceFlush(): Promise<void> {
    return this.#batch.forceFlush()
  }

  shutdown(): Promise<void> {
    return this.#batch.shutdown()
  }

  #observed(exporter: SpanExporter): SpanExporter {
    return {
      export: (spans, done) =>
        exporter.export(spans, (result) => {
          this.#held -= spans.length
          this.#count(result.error === undefined ? 'exported' : 'failed', spans.length)
          this.#tell(result.error)
          done(result)
        }),
      shutdown: () => exporter.shutdown(),
    }
  }

  #tell(error: Error | undefined): void {
    const { log } = this.#options
    if (error !== undefined && !this.#failing) log.warn('traces cannot be exported', { problem: messageOf(error) })
    if (error === undefined && this.#failing) log.info('traces are exported again')
    this.#failing = error !== undefined
  }
}
