/**
 * Loaded with `node --import` before a program that uses the OpenTelemetry SDK: wraps its OTLP exporter so that each
 * export is noted in the file PEGEL_DEMO_JOURNAL before it is sent, and its result when it is known. The program itself knows nothing of it.
 */
import { randomUUID } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto'
import type { JournalLine } from './format.ts'
import { answerLine, requestLine } from './otel-lines.ts'

const file = process.env.PEGEL_DEMO_JOURNAL
if (file === undefined) throw new Error('PEGEL_DEMO_JOURNAL must name the file to write')

type Export = OTLPMetricExporter['export']
const original: Export = Reflect.get<OTLPMetricExporter, 'export'>(OTLPMetricExporter.prototype, 'export')

const note = (line: JournalLine): void => appendFileSync(file, `${JSON.stringify(line)}\n`)

OTLPMetricExporter.prototype.export = function (this: OTLPMetricExporter, metrics, done) {
  const id = randomUUID()
  note(requestLine(id, metrics))
  original.call(this, metrics, (result) => {
    // A failure always comes with its error.
    note(answerLine(id, result.error))
    done(result)
  })
}
