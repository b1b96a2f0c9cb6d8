import { readFile } from 'node:fs/promises'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { messageOf } from '@pegel/errors'
import type { ComponentContext, Hosted } from '@pegel/service'
import type { Logger, Metrics } from '@pegel/telemetry'
import { collectorsOf } from './collectors.ts'
import type { CollectorLimits } from './collectors.ts'
import type { AgentConfig } from './config.ts'
import { logSdkWarnings, metricsUrl, ReportingExporter } from './exporter.ts'
import type { ExportReport } from './exporter.ts'
import { bootTimeMs, thisHost } from './host.ts'
import { kubernetesAttributes } from './kubernetes.ts'
import type { KubernetesNames } from './kubernetes.ts'
import { HostProducer } from './producer.ts'
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
    async start() {
      logSdkWarnings(log)
      const intervalMs = config.PEGEL_AGENT_INTERVAL
      const exporter = new ReportingExporter({
        url: metricsUrl(config.PEGEL_AGENT_ENDPOINT),
        key: config.PEGEL_AGENT_KEY,
        timeoutMs: intervalMs,
        onReport: (report) => exports.add(report),
      })
      const host = thisHost(config.PEGEL_AGENT_ROOT)
      const collectors = collectorsOf(host, limitsOf(config))
      const producer = new HostProducer({ collectors, log, bootMs: bootTimeMs(host, Date.now()) })
      const resource = hostResource(await kubernetesAttributes(namesOf(config), (path) => readFile(path, 'utf8')))
      const reader = new PeriodicExportingMetricReader({
        exporter,
        metricProducers: [producer],
        exportIntervalMillis: intervalMs,
        exportTimeoutMillis: intervalMs,
      })
      provider = new MeterProvider({ resource, readers: [reader] })
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

function limitsOf(config: AgentConfig): CollectorLimits {
  return {
    topProcesses: config.PEGEL_AGENT_PROCESSES,
    processNames: config.PEGEL_AGENT_PROCESS_NAMES ?? [],
    maxContainers: config.PEGEL_AGENT_CONTAINERS,
  }
}

function namesOf(config: AgentConfig): KubernetesNames {
  const { NODE_NAME: node, POD_NAME: pod, POD_NAMESPACE: namespace, POD_UID: podUid } = config
  return { node, pod, namespace, podUid }
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
