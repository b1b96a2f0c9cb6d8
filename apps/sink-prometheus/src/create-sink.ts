import type { Logger } from '@pegel/telemetry'
import type { PrometheusConfig } from './config.ts'
import { flavourOf, writeUrl } from './flavour.ts'
import { createPrometheusClient } from './prometheus.client.ts'
import { PrometheusSink } from './prometheus.sink.ts'
import { detectReceiver } from './receiver.ts'
import type { TotalsStore } from './sink-state.ts'

export interface CreateSinkOptions {
  readonly config: PrometheusConfig
  readonly state: TotalsStore
  readonly log: Logger
}

/** Wires the sink. */
export function createSink({ config, state, log }: CreateSinkOptions): PrometheusSink {
  const flavour = config.PEGEL_PROMETHEUS_FLAVOUR
  const base = config.PEGEL_PROMETHEUS_URL
  const version = config.PEGEL_PROMETHEUS_PROTOCOL
  const nativeHistograms = config.PEGEL_PROMETHEUS_NATIVE_HISTOGRAMS
  const url = writeUrl(base, flavour === 'auto' ? (flavourOf(new URL(base)) ?? 'prometheus') : flavour)
  const connections = config.PEGEL_PROMETHEUS_CONCURRENT_WRITES + 1
  const client = createPrometheusClient({ url, headers: authorization(config), connections })
  return new PrometheusSink({
    client,
    detect: (signal, settled) =>
      detectReceiver({ url, flavour, version: settled ?? version, nativeHistograms }, client.probe(signal)),
    fallback: version === 'auto',
    state,
    log,
    exemplars: config.PEGEL_PROMETHEUS_EXEMPLARS,
    maxSeries: config.PEGEL_PROMETHEUS_MAX_SERIES,
    maxCacheBytes: config.PEGEL_PROMETHEUS_CACHE_BYTES,
  })
}

function authorization(config: PrometheusConfig): Readonly<Record<string, string>> {
  const { PEGEL_PROMETHEUS_BEARER_TOKEN: token, PEGEL_PROMETHEUS_BASIC_AUTH: basic } = config
  if (token !== undefined) return { authorization: `Bearer ${token}` }
  return basic === undefined ? {} : { authorization: `Basic ${Buffer.from(basic).toString('base64')}` }
}
