/**
 * The OpenTelemetry SDK for JavaScript, as it comes: nothing in here knows of Pegel.
 *
 *   npm install @opentelemetry/sdk-metrics @opentelemetry/resources @opentelemetry/exporter-metrics-otlp-proto
 *   export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318 OTEL_EXPORTER_OTLP_HEADERS="authorization=Bearer pgl_..."
 *   node otel-sdk.mjs
 */
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'

const reader = new PeriodicExportingMetricReader({ exporter: new OTLPMetricExporter(), exportIntervalMillis: 10_000 })
const resource = resourceFromAttributes({ 'service.name': 'node-shop' })
const provider = new MeterProvider({ resource, readers: [reader] })
const meter = provider.getMeter('node-shop', '1.0.0')

const orders = meter.createCounter('shop.orders', { unit: '{order}', description: 'Orders that were paid' })
const basket = meter.createHistogram('shop.basket.value', { unit: 'EUR' })
const stock = meter.createUpDownCounter('shop.stock', { unit: '{item}' })

for (const price of [12.5, 80, 3.2]) {
  orders.add(1, { currency: 'EUR' })
  basket.record(price, { currency: 'EUR' })
}
stock.add(40)
stock.add(-3)

// Exports what is left. What the endpoint refused is in the SDK's own diagnostics.
await provider.shutdown()
