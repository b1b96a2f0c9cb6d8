import { patternsOf } from './placement.ts'
import type { TimeBounds } from './time-bounds.ts'

export interface TemplateOptions {
  readonly dataset: string
  readonly bounds: TimeBounds
  readonly fieldLimit: number
  readonly shards: number
  readonly retentionDays: number
}

export interface IndexTemplate {
  readonly name: string
  readonly index_patterns: string[]
  readonly priority: number
  readonly data_stream?: object
  readonly template: { readonly settings: object; readonly mappings: object; readonly lifecycle?: object }
}

/** Above Elasticsearch's own `metrics-*-*` template (100) and those of its agents (200). */
const PRIORITY = 500

const LABEL_PATHS = ['attributes.*', 'resource.attributes.*', 'scope.attributes.*']

/** Made ahead of every write; see the README for what the fields mean. */
export function templatesOf(options: TemplateOptions): IndexTemplate[] {
  const { dataset, bounds, retentionDays } = options
  const patterns = patternsOf(dataset)
  const common = {
    mapping: { total_fields: { limit: options.fieldLimit } },
    number_of_shards: options.shards,
    auto_expand_replicas: '0-1',
  }
  const lifecycle = bounds.kind === 'managed' ? { lifecycle: { data_retention: `${retentionDays}d` } } : {}
  return [
    {
      name: `${dataset}-metrics`,
      index_patterns: patterns.streams,
      priority: PRIORITY,
      data_stream: {},
      template: { settings: { index: { ...common, ...timeSeries(bounds) } }, mappings: mappings(true), ...lifecycle },
    },
    {
      name: `${dataset}-metrics-late`,
      index_patterns: patterns.late,
      priority: PRIORITY,
      template: { settings: { index: common }, mappings: mappings(false) },
    },
  ]
}

/** A stream reaches back as far as Kafka keeps its records, so that a replay meets its own documents. */
function timeSeries(bounds: TimeBounds): object {
  const time =
    bounds.kind === 'managed'
      ? { look_back_time: '7d', look_ahead_time: '2h' }
      : { time_series: { start_time: bounds.start, end_time: bounds.end } }
  return { mode: 'time_series', routing_path: ['tenant', 'metric_names_hash', ...LABEL_PATHS], ...time }
}

/** Every number is a double: Elasticsearch would drop the fraction of a value that meets a field mapped as long. */
function mappings(dimensions: boolean): object {
  const keyword = dimensions ? { type: 'keyword', time_series_dimension: true } : { type: 'keyword' }
  const metric = (kind: string): object =>
    dimensions ? { type: 'double', time_series_metric: kind } : { type: 'double' }
  // The order of buckets is kept when _source is put together from the fields.
  const array = dimensions ? { synthetic_source_keep: 'arrays' } : {}
  return {
    subobjects: false,
    date_detection: false,
    dynamic_templates: [
      { counter: { mapping: metric('counter') } },
      {
        arrays: {
          path_match: ['bounds', 'counts', 'quantiles', 'values'].map((name) => `metrics.*.${name}`),
          mapping: { type: 'double', index: false, ...array },
        },
      },
      { gauge: { path_match: 'metrics.*', mapping: metric('gauge') } },
      { label: { path_match: LABEL_PATHS, mapping: keyword } },
    ],
    properties: {
      '@timestamp': { type: 'date_nanos' },
      start_timestamp: { type: 'date_nanos' },
      'exemplars.metric': { type: 'keyword', ...array },
      'exemplars.value': { type: 'double', index: false, ...array },
      'exemplars.timestamp': { type: 'date_nanos', ...array },
      'exemplars.trace_id': { type: 'keyword', ...array },
      'exemplars.span_id': { type: 'keyword', ...array },
      'exemplars.attributes': { type: 'keyword', index: false, ignore_above: 8191, ...array },
      ...Object.fromEntries(FIXED_DIMENSIONS.map((name) => [name, keyword])),
    },
  }
}

const FIXED_DIMENSIONS = [
  'tenant',
  'kind',
  'temporality',
  'monotonic',
  'unit',
  'scope.name',
  'scope.version',
  'metric_names_hash',
]
