import type { KafkaPort } from '@pegel/kafka'
import type { Logger } from '@pegel/telemetry'
import { flavourOf, writeUrl } from './flavour.ts'
import type { Flavour } from './flavour.ts'
import { createPrometheusClient } from './prometheus.client.ts'
import { PrometheusSink } from './prometheus.sink.ts'
import { detectReceiver } from './receiver.ts'
import { SinkState } from './sink-state.ts'

export interface CreateSinkOptions {
  /** Base address of the receiver or full address to write to. */
  readonly url: string
  readonly flavour: Flavour | 'auto'
  readonly nativeHistograms: 'auto' | 'on' | 'off'
  readonly exemplars: boolean
  readonly authorization: string | undefined
  readonly maxSeries: number
  readonly connections: number
  readonly kafka: KafkaPort
  readonly log: Logger
}

/** Wires the sink. */
export function createSink(options: CreateSinkOptions): PrometheusSink {
  const { kafka, log, flavour, nativeHistograms, exemplars, maxSeries, connections, authorization } = options
  const told = flavour === 'auto' ? (flavourOf(new URL(options.url)) ?? 'prometheus') : flavour
  const url = writeUrl(options.url, told)
  const headers = authorization === undefined ? {} : { authorization }
  const client = createPrometheusClient({ url, headers, connections })
  return new PrometheusSink({
    client,
    detect: (signal) => detectReceiver({ url, flavour, nativeHistograms }, client.probe(signal)),
    state: new SinkState(kafka),
    log,
    exemplars,
    maxSeries,
  })
}
