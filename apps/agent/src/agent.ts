import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { messageOf } from '@pegel/errors'
import type { Logger, Metrics } from '@pegel/telemetry'
import { collectorsOf } from './collectors.ts'
import type { AgentConfig } from './component.ts'
import { logSdkWarnings, metricsUrl, ReportingExporter } from './exporter.ts'
import type { ExportReport } from './exporter.ts'
import type { Host } from './host.ts'
import { observe } from './instruments.ts'
import { hostResource } from './resource.ts'

export interface Agent {
  start(): void
  /** Reads and sends once more, then stops; gives up after the deadline. */
  stop(deadlineMs: number): Promise<void>
  /** Rejects when the last export failed; before the first one all is well. */
  check(): Promise<void>
}

export interface AgentOptions {
  readonly config: AgentConfig
  readonly host: Host
  readonly log: Logger
  readonly metrics: Metrics
}

/** Reads this machine every interval and sends it to the gateway with the OpenTelemetry SDK. */
export function createAgent({ config, host, log, metrics }: AgentOptions): Agent {
  const points = metrics.counter('pegel_agent_points_total', 'Points sent, by whether they were acknowledged', [
    'result',
  ])
  let lastError: Error | undefined
  const onReport = ({ points: count, error }: ExportReport): void => {
    points.inc({ result: error === undefined ? 'acknowledged' : 'failed' }, count)
    if (error !== undefined) log.warn('export failed', { points: count, error: messageOf(error) })
    else if (lastError !== undefined) log.info('export works again', { points: count })
    lastError = error
  }
  let provider: MeterProvider | undefined
  return {
    start() {
      logSdkWarnings(log)
      const url = metricsUrl(config.PEGEL_AGENT_ENDPOINT)
      const intervalMs = config.PEGEL_AGENT_INTERVAL
      const exporter = new ReportingExporter({ url, key: config.PEGEL_AGENT_KEY, timeoutMs: intervalMs, onReport })
      const reader = new PeriodicExportingMetricReader({
        exporter,
        exportIntervalMillis: intervalMs,
        exportTimeoutMillis: intervalMs,
      })
      provider = new MeterProvider({ resource: hostResource(), readers: [reader] })
      observe(provider.getMeter('pegel-agent'), collectorsOf(host), log)
    },
    async stop(deadlineMs) {
      await provider?.shutdown({ timeoutMillis: deadlineMs })
    },
    check: () => (lastError === undefined ? Promise.resolve() : Promise.reject(lastError)),
  }
}
