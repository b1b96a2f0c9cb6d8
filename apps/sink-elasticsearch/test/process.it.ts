import { sinkProcess } from '@pegel/testing'
import { seriesOf, settings, TEST_DATASET } from './elasticsearch.ts'

sinkProcess({
  name: 'elasticsearch',
  env: () => ({
    PEGEL_ELASTICSEARCH_URL: settings().PEGEL_ELASTICSEARCH_URL,
    PEGEL_ELASTICSEARCH_DATASET: TEST_DATASET,
  }),
  read: (tenant) => seriesOf(TEST_DATASET, tenant),
})
