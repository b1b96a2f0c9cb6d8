import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'

/**
 * The OpenTelemetry SDK as its documentation sets it up; nothing here knows Pegel. Where to send, with which key and in
 * which temporality, the exporter reads from the standard variables: OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS
 * and OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE.
 */
export function startTelemetry(instance: string, intervalMs: number): MeterProvider {
  const reader = new PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter({ timeoutMillis: intervalMs }),
    exportIntervalMillis: intervalMs,
    exportTimeoutMillis: intervalMs,
  })
  const resource = resourceFromAttributes({
    'service.name': 'shop',
    'service.namespace': 'examples',
    'service.version': '1.0.0',
    'service.instance.id': instance,
  })
  return new MeterProvider({ resource, readers: [reader] })
}
