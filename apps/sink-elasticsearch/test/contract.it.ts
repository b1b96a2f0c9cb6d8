import { gauge, requireElasticsearch, sinkContract } from '@pegel/testing'
import { createSink, seriesOf, TEST_DATASET } from './elasticsearch.ts'

sinkContract({
  name: 'elasticsearch',
  backendUrl: requireElasticsearch,
  create: ({ url }) => createSink({ PEGEL_ELASTICSEARCH_URL: url, PEGEL_ELASTICSEARCH_DATASET: TEST_DATASET }),
  backend: { read: (tenant) => seriesOf(TEST_DATASET, tenant) },
  isWrite: ({ path }) => path.includes('/_bulk'),
  refusedCase: (nowMs) => {
    // Lucene takes no keyword beyond 32,766 bytes.
    const long = { host: 'b', text: 'x'.repeat(32_767) }
    return {
      before: [],
      series: [
        gauge(
          'contract_refused',
          [
            [nowMs - 3000, 1],
            [nowMs - 2000, 2],
          ],
          { attributes: { host: 'a' } },
        ),
        gauge(
          'contract_refused',
          [
            [nowMs - 3000, 3],
            [nowMs - 2000, 4],
          ],
          { attributes: long },
        ),
        gauge('contract_refused', [[nowMs - 1000, 5]], { attributes: { host: 'a' } }),
      ],
      refused: [2, 3],
      reason: 'label_refused',
    }
  },
})
