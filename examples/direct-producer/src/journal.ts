import { appendFileSync } from 'node:fs'
import { RESOURCE, SCOPE } from './batch.ts'
import type { Series } from './batch.ts'
import { WAVE_BOUNDS } from './river.ts'

/** One line per batch: every point, and whether Kafka acknowledged it. Whoever checks the backends compares with it. */
export function note(file: string, series: readonly Series[], error: Error | undefined): void {
  const line = {
    acknowledged: error === undefined,
    ...(error === undefined ? {} : { error: error.message }),
    resource: asObject(RESOURCE),
    metrics: series.map(({ name, kind, unit, attributes, points }) => ({
      scope: { name: SCOPE.name, version: SCOPE.version },
      name,
      unit,
      kind,
      temporality: kind === 'gauge' ? 'unspecified' : 'cumulative',
      monotonic: kind === 'sum',
      points: points.map(({ timeNs, value }) => ({
        attributes: asObject(attributes),
        timeNs: String(timeNs),
        value: typeof value === 'number' ? value : { ...value, min: null, max: null, bounds: WAVE_BOUNDS },
      })),
    })),
  }
  appendFileSync(file, `${JSON.stringify(line)}\n`)
}

function asObject(attributes: Series['attributes']): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value]))
}
