import { configSchema } from '../../apps/sink-influxdb/src/config.ts'
import { createInfluxdbSink } from '../../apps/sink-influxdb/src/create-sink.ts'
import { LineCache } from '../../apps/sink-influxdb/src/line-cache.ts'
import { encodeRecord } from '../../apps/sink-influxdb/src/line-protocol.ts'
import { LineSheet } from '../../apps/sink-influxdb/src/line-sheet.ts'
import { newDraft } from '../../apps/sink-influxdb/src/outcome-draft.ts'
import type { SinkSubject } from './subject.ts'

const lines = new LineCache(256 * 1024 * 1024)
const sheet = new LineSheet()

export const influxdb: SinkSubject = {
  name: 'influxdb',
  variable: 'PEGEL_INFLUXDB_URL',
  encode(tenant, records) {
    sheet.clear()
    records.forEach((record, index) => {
      encodeRecord(record, (run) => lines.of(tenant, run), { sheet, index, draft: newDraft() })
    })
    return sheet.gather(Array.from({ length: sheet.length }, (_, line) => line)).length
  },
  connect() {
    if (process.env.PEGEL_INFLUXDB_URL === undefined) return undefined
    return createInfluxdbSink({ ...configSchema.parse(process.env), MONITORING_RETENTION_DAYS: 30 })
  },
}
