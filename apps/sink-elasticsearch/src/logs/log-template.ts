import type { IndexTemplate } from '../templates.ts'
import type { TimeBounds } from '../time-bounds.ts'
import { logPatternOf } from './log-stream.ts'

export interface LogTemplateOptions {
  readonly dataset: string
  readonly shards: number
  readonly retentionDays: number
  /** `managed`: the server has Elasticsearch's data stream module, and so lifecycles. */
  readonly bounds: TimeBounds['kind']
}

/** Above Elasticsearch's own `logs-*-*` template (100) and those of its agents (200). */
const PRIORITY = 500

const keyword = { type: 'keyword', ignore_above: 1024 }
/** Any number of keys is one field each: what clients name their attributes can neither explode nor contradict the mapping. */
const flattened = { type: 'flattened', ignore_above: 8191 }

/** Names of the Elastic Common Schema. `dynamic: false`: the mapping is this one and never grows. */
export function logTemplateOf({ dataset, shards, retentionDays, bounds }: LogTemplateOptions): IndexTemplate {
  const lifecycle = bounds === 'managed' ? { lifecycle: { data_retention: `${retentionDays}d` } } : {}
  return {
    name: `${dataset}-logs`,
    index_patterns: [logPatternOf(dataset)],
    priority: PRIORITY,
    data_stream: {},
    template: {
      settings: { index: { number_of_shards: shards, auto_expand_replicas: '0-1' } },
      mappings: {
        dynamic: false,
        date_detection: false,
        properties: {
          '@timestamp': { type: 'date_nanos' },
          message: { type: 'text', norms: false },
          tenant: keyword,
          tags: keyword,
          data_stream: objectOf({ type: keyword, dataset: keyword, namespace: keyword }),
          organization: objectOf({ id: keyword }),
          log: objectOf({ level: keyword }),
          service: objectOf({ name: keyword }),
          trace: objectOf({ id: keyword }),
          span: objectOf({ id: keyword }),
          source: objectOf({ ip: { type: 'ip', ignore_malformed: true } }),
          event: objectOf({
            action: keyword,
            category: keyword,
            outcome: keyword,
            severity: { type: 'byte' },
            created: { type: 'date' },
            ingested: { type: 'date' },
            original: { type: 'keyword', index: false, doc_values: false },
          }),
          labels: flattened,
          resource: objectOf({ attributes: flattened }),
          scope: objectOf({ name: keyword, version: keyword }),
        },
      },
      ...lifecycle,
    },
  }
}

function objectOf(properties: object): object {
  return { properties }
}
