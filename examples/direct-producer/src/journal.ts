import { randomUUID } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { RESOURCE, SCOPE } from './batch.ts'
import type { Series } from './batch.ts'
import { WAVE_BOUNDS } from './river.ts'

/**
 * A line with every point of a batch before it is sent; what is given writes another, whether Kafka acknowledged it. A batch without
 * that may have arrived. Whoever checks the backends compares with it.
 */
export function note(file: string, series: readonly Series[]): (error: Error | undefined) => void {
  const id = randomUUID()
  const append = (line: object): void => appendFileSync(file, `${JSON.stringify(line)}\n`)
  append({
    id,
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
  })
  return (error) => append({ id, acknowledged: error === undefined, error: error?.message })
}

function asObject(attributes: Series['attributes']): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value]))
}
