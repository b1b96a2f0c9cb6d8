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

/** Members of histograms and summaries that are lists. */
const ARRAYS = ['bounds', 'counts', 'quantiles', 'values']
const LABEL_PREFIXES = ['attributes.', 'resource.attributes.', 'scope.attributes.']
const LABEL_PATHS = LABEL_PREFIXES.map((prefix) => `${prefix}*`)

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

/** What a field of a time series stream is mapped to, or of a plain index. Every number is a double: Elasticsearch would drop the fraction of a value that meets a field mapped as long. */
function fieldTypes(dimensions: boolean) {
  const metric = (kind: string): object =>
    dimensions ? { type: 'double', time_series_metric: kind } : { type: 'double' }
  // The order of buckets is kept when _source is put together from the fields.
  const keep = dimensions ? { synthetic_source_keep: 'arrays' } : {}
  return {
    counter: metric('counter'),
    gauge: metric('gauge'),
    array: { type: 'double', index: false, ...keep },
    keyword: dimensions ? { type: 'keyword', time_series_dimension: true } : { type: 'keyword' },
    keep,
  }
}

function mappings(dimensions: boolean): object {
  const { counter, gauge, array, keyword, keep } = fieldTypes(dimensions)
  return {
    subobjects: false,
    date_detection: false,
    dynamic_templates: [
      { counter: { mapping: counter } },
      { arrays: { path_match: ARRAYS.map((name) => `metrics.*.${name}`), mapping: array } },
      { gauge: { path_match: 'metrics.*', mapping: gauge } },
      { label: { path_match: LABEL_PATHS, mapping: keyword } },
    ],
    properties: {
      '@timestamp': { type: 'date_nanos' },
      start_timestamp: { type: 'date_nanos' },
      'exemplars.metric': { type: 'keyword', ...keep },
      'exemplars.value': { type: 'double', index: false, ...keep },
      'exemplars.timestamp': { type: 'date_nanos', ...keep },
      'exemplars.trace_id': { type: 'keyword', ...keep },
      'exemplars.span_id': { type: 'keyword', ...keep },
      'exemplars.attributes': { type: 'keyword', index: false, ignore_above: 8191, ...keep },
      ...Object.fromEntries(FIXED_DIMENSIONS.map((name) => [name, keyword])),
    },
  }
}

/**
 * What the dynamic templates of a time series stream map a field to that a document brings. Undefined for what they do not map, and for lists: Elasticsearch 8
 * forgets to keep their order when a request maps a field with a dot in its name.
 * @param counter whether the document names that template for it
 */
export function mappingOf(field: string, counter: boolean): object | undefined {
  if (counter) return STREAM_TYPES.counter
  if (LABEL_PREFIXES.some((prefix) => field.startsWith(prefix))) return STREAM_TYPES.keyword
  return !field.startsWith('metrics.') || ARRAY_FIELD.test(field) ? undefined : STREAM_TYPES.gauge
}

const STREAM_TYPES = fieldTypes(true)

const ARRAY_FIELD = new RegExp(`^metrics\\..*\\.(${ARRAYS.join('|')})$`, 's')

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
