import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { messageOf } from '@pegel/errors'
import type { ComponentContext, Hosted } from '@pegel/service'
import type { Logger, Metrics } from '@pegel/telemetry'
import { collectorsOf } from './collectors.ts'
import type { AgentConfig } from './config.ts'
import { logSdkWarnings, metricsUrl, ReportingExporter } from './exporter.ts'
import type { ExportReport } from './exporter.ts'
import { thisHost } from './host.ts'
import { observe } from './instruments.ts'
import { hostResource } from './resource.ts'

export const POINTS_METRIC = {
  name: 'pegel_agent_points_total',
  type: 'counter',
  help: 'Points sent, by whether they were acknowledged',
} as const

type AgentContext = Pick<ComponentContext<AgentConfig>, 'config' | 'log' | 'metrics'>

/** Reads this machine every interval and sends it to the gateway with the OpenTelemetry SDK. Not ready while exports fail. */
export function createAgent({ config, log, metrics }: AgentContext): Hosted {
  const exports = new ExportLog(log, metrics)
  let provider: MeterProvider | undefined
  return {
    start() {
      logSdkWarnings(log)
      const intervalMs = config.PEGEL_AGENT_INTERVAL
      const exporter = new ReportingExporter({
        url: metricsUrl(config.PEGEL_AGENT_ENDPOINT),
        key: config.PEGEL_AGENT_KEY,
        timeoutMs: intervalMs,
        onReport: (report) => exports.add(report),
      })
      const reader = new PeriodicExportingMetricReader({
        exporter,
        exportIntervalMillis: intervalMs,
        exportTimeoutMillis: intervalMs,
      })
      provider = new MeterProvider({ resource: hostResource(), readers: [reader] })
      observe(provider.getMeter('pegel-agent'), collectorsOf(thisHost()), log)
      return Promise.resolve()
    },
    async stop(deadlineMs) {
      try {
        // Reads and sends once more.
        await provider?.shutdown({ timeoutMillis: deadlineMs })
      } catch (error) {
        log.warn('the last reading was not sent', { error: messageOf(error) })
      }
    },
    checks: { gateway: () => exports.check() },
    listening: () => ({ endpoint: config.PEGEL_AGENT_ENDPOINT }),
  }
}

/** Counts exports and says when they begin to fail and when they work again. */
class ExportLog {
  readonly #log: Logger
  readonly #points: ReturnType<Metrics['counter']>
  #lastError: Error | undefined

  constructor(log: Logger, metrics: Metrics) {
    this.#log = log
    this.#points = metrics.counter(POINTS_METRIC.name, POINTS_METRIC.help, ['result'])
  }

  add({ points, error }: ExportReport): void {
    this.#points.inc({ result: error === undefined ? 'acknowledged' : 'failed' }, points)
    if (error !== undefined) this.#log.warn('export failed', { points, error: messageOf(error) })
    else if (this.#lastError !== undefined) this.#log.info('export works again', { points })
    this.#lastError = error
  }

  /** Before the first export all is well. */
  check(): Promise<void> {
    return this.#lastError === undefined ? Promise.resolve() : Promise.reject(this.#lastError)
  }
}
