import { BulkBody } from '../../apps/sink-elasticsearch/src/bulk-body.ts'
import { configSchema } from '../../apps/sink-elasticsearch/src/config.ts'
import { createElasticsearchSink } from '../../apps/sink-elasticsearch/src/create-sink.ts'
import { packRecord } from '../../apps/sink-elasticsearch/src/documents.ts'
import { FieldsCache } from '../../apps/sink-elasticsearch/src/fields-cache.ts'
import { newDraft } from '../../apps/sink-elasticsearch/src/outcome-draft.ts'
import type { SinkSubject } from './subject.ts'

const body = new BulkBody()
const fields = new FieldsCache(256 * 1024 * 1024)

export const elasticsearch: SinkSubject = {
  name: 'elasticsearch',
  variable: 'PEGEL_ELASTICSEARCH_URL',
  encode(tenant, records) {
    body.cut(0)
    records.forEach((record, index) => {
      const documents = packRecord(record, (run) => fields.of(tenant, run), { index, draft: newDraft() })
      for (const document of documents) body.add(document, 'stream')
    })
    return body.length
  },
  connect() {
    if (process.env.PEGEL_ELASTICSEARCH_URL === undefined) return undefined
    return createElasticsearchSink({
      ...configSchema.parse({ ...process.env, PEGEL_ELASTICSEARCH_DATASET: 'pegel_bench' }),
      MONITORING_RETENTION_DAYS: 30,
    })
  },
}
