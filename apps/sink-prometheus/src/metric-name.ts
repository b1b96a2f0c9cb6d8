import type { SeriesIdentity } from '@pegel/contracts'
import { unitWords } from './unit-words.ts'

const METRIC_NAME = '__name__'

export interface NamedMetric extends Pick<SeriesIdentity, 'name' | 'kind' | 'monotonic' | 'unit'> {
  /** Came from Prometheus itself, or has no OpenTelemetry scope and no unit: its name says everything already. */
  readonly native: boolean
  /** The receiver takes any text for a name, as remote write 2.0 has it: what came from Prometheus stays as it is. */
  readonly utf8?: boolean
}

/**
 * The Prometheus name of an OpenTelemetry metric: unit and `_total` or `_ratio` as suffixes, characters that Prometheus does not know as `_`.
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#otlp-metric-points-to-prometheus
 */
export function metricName(metric: NamedMetric): string {
  if (metric.utf8 === true) return metric.name
  if (metric.native) return safe(metric.name.replace(/[^a-zA-Z0-9_:]/g, '_'))
  let tokens = metric.name.split(/[^a-zA-Z0-9:]+/).filter((token) => token !== '')
  const [main, per] = unitWords(metric.unit)
  if (main !== '' && !hasWords(tokens, main)) tokens.push(...main.split('_'))
  if (per !== '' && !hasWords(tokens, `per_${per}`)) tokens.push('per', ...per.split('_'))
  if (metric.kind === 'sum' && metric.monotonic) tokens = [...tokens.filter((token) => token !== 'total'), 'total']
  if (metric.kind === 'gauge' && metric.unit === '1' && !tokens.includes('ratio')) tokens.push('ratio')
  return safe(tokens.join('_'))
}

/** A label name; those that Prometheus keeps for itself (`__…`) and those that begin with a digit are moved out of the way. */
export function labelName(key: string): string {
  const name = key.replace(/[^a-zA-Z0-9_]/g, '_')
  if (name.startsWith('__')) return `key${name}`
  return /^[0-9]/.test(name) || name === '' ? `key_${name}` : name
}

/** A label name of a series that came from Prometheus: those that begin with `__` are its own business. */
export function nativeLabelName(key: string, utf8: boolean): string {
  if (key === METRIC_NAME) return `key${key}`
  return utf8 || /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(key) ? key : labelName(key)
}

function hasWords(tokens: readonly string[], word: string): boolean {
  const words = word.split('_')
  return words.every((part) => tokens.includes(part))
}

function safe(name: string): string {
  return /^[0-9]/.test(name) || name === '' ? `_${name}` : name
}
