/**
 * Logs by the OpenTelemetry SDK for JavaScript, as it comes: nothing in here knows of Pegel.
 *
 *   npm install @opentelemetry/sdk-logs @opentelemetry/resources @opentelemetry/exporter-logs-otlp-proto
 *   export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318 OTEL_EXPORTER_OTLP_HEADERS="authorization=Bearer pgl_..."
 *   node otel-logs.mjs
 */
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs'

const resource = resourceFromAttributes({ 'service.name': 'node-shop', 'host.name': 'web-1' })
const processors = [new BatchLogRecordProcessor({ exporter: new OTLPLogExporter() })]
const provider = new LoggerProvider({ resource, processors })
const logger = provider.getLogger('cart', '1.0.0')

logger.emit({
  severityNumber: 9,
  severityText: 'INFO',
  body: 'order taken',
  attributes: { order: 7, items: ['a', 'b'] },
})
logger.emit({
  severityNumber: 17,
  severityText: 'ERROR',
  body: { reason: 'card refused', card: { brand: 'visa' } },
  eventName: 'payment.refused',
})

// Exports what is left.
await provider.shutdown()
