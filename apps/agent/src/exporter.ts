import { diag, DiagLogLevel } from '@opentelemetry/api'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics'
import type { Logger } from '@pegel/telemetry'

/** What became of one export: `error` is absent when the receiver has acknowledged it. */
export interface ExportReport {
  readonly points: number
  readonly error?: Error
}

export interface ExporterOptions {
  readonly url: string
  readonly key: string
  /** An export is given up after this, its retries included. */
  readonly timeoutMs: number
  readonly onReport: (report: ExportReport) => void
}

/** The SDK's own exporter (OTLP/HTTP, protobuf), which retries 429, 502, 503, 504 and lost connections by itself, and tells how each export ended. */
export class ReportingExporter extends OTLPMetricExporter {
  readonly #onReport: (report: ExportReport) => void

  constructor({ url, key, timeoutMs, onReport }: ExporterOptions) {
    super({ url, headers: { authorization: `Bearer ${key}` }, timeoutMillis: timeoutMs })
    this.#onReport = onReport
  }

  override export(metrics: ResourceMetrics, done: Parameters<OTLPMetricExporter['export']>[1]): void {
    super.export(metrics, (result) => {
      const points = pointsOf(metrics)
      this.#onReport(result.error === undefined ? { points } : { points, error: result.error })
      done(result)
    })
  }
}

function pointsOf(metrics: ResourceMetrics): number {
  return metrics.scopeMetrics
    .flatMap((scope) => scope.metrics)
    .reduce((sum, metric) => sum + metric.dataPoints.length, 0)
}

/** `/v1/metrics` under the endpoint, as OTEL_EXPORTER_OTLP_ENDPOINT means it; an endpoint that names a path of its own keeps it as a prefix. */
export function metricsUrl(endpoint: string): string {
  return `${endpoint.replace(/\/+$/, '')}/v1/metrics`
}

/**
 * The SDK reports what it cannot return (a partial success, a failed collection) to this global logger. A failed export
 * comes as an exception's JSON, a second time: ReportingExporter has told of it already.
 */
export function logSdkWarnings(log: Logger): void {
  const say =
    (level: 'warn' | 'error') =>
    (message: string, ...details: unknown[]): void => {
      if (!message.includes('metrics export failed')) log[level](message, details.length === 0 ? {} : { details })
    }
  const ignore = (): void => undefined
  diag.setLogger(
    { error: say('error'), warn: say('warn'), info: ignore, debug: ignore, verbose: ignore },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  )
}
