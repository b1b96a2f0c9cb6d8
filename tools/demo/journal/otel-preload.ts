/**
 * Loaded with `node --import` before a program that uses the OpenTelemetry SDK: wraps its OTLP exporter so that each
 * export is noted in the file PEGEL_DEMO_JOURNAL when its result is known. The program itself knows nothing of it.
 */
import { appendFileSync } from 'node:fs'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import { journalLine } from './otel-lines.ts'

const file = process.env.PEGEL_DEMO_JOURNAL
if (file === undefined) throw new Error('PEGEL_DEMO_JOURNAL must name the file to write')

type Export = OTLPMetricExporter['export']
const original: Export = Reflect.get<OTLPMetricExporter, 'export'>(OTLPMetricExporter.prototype, 'export')

OTLPMetricExporter.prototype.export = function (this: OTLPMetricExporter, metrics, done) {
  original.call(this, metrics, (result) => {
    // A failure always comes with its error.
    const failed = result.error
    appendFileSync(file, `${JSON.stringify(journalLine(metrics, failed))}\n`)
    done(result)
  })
}
