import { parseGroupBlock, parseSeriesBlock } from '@pegel/contracts'
import type { BatchEnvelope, ComplexPoint, GroupIdentity, SeriesIdentity } from '@pegel/contracts'
import type { RunningGateway } from './running-gateway.ts'

export interface StoredPoint {
  readonly envelope: BatchEnvelope
  readonly group: GroupIdentity
  readonly series: SeriesIdentity
  readonly tags: Readonly<Record<string, string>>
  readonly timeMs: number
  readonly timeNs: number
  readonly startMs: number
  readonly value: number
  readonly complex: ComplexPoint | undefined
}

/** Every point that is in the ingest topic now, as the enricher would read it. */
export async function storedPoints(gateway: RunningGateway): Promise<readonly StoredPoint[]> {
  const records = await gateway.records()
  return records.flatMap(({ envelope, points: { series, columns } }) =>
    series.flatMap((run) => {
      const identity = parseSeriesBlock(run.block)
      const group = parseGroupBlock(run.group.block)
      const tags = Object.fromEntries(identity.attributes.map(({ key, value }) => [key, value]))
      return Array.from({ length: run.count }, (_, offset) => {
        const index = run.first + offset
        return {
          envelope,
          group,
          series: identity,
          tags,
          timeMs: columns.timeMs[index] ?? NaN,
          timeNs: columns.timeNs[index] ?? NaN,
          startMs: run.startTimeMs,
          value: columns.value[index] ?? NaN,
          complex: columns.complex?.[index],
        }
      })
    }),
  )
}

/** Those of the metrics whose name begins so, as `name value`, sorted. */
export async function storedValues(gateway: RunningGateway, prefix: string): Promise<readonly string[]> {
  const points = await storedPoints(gateway)
  return points
    .filter(({ series }) => series.name.startsWith(prefix))
    .map(({ series, value }) => `${series.name} ${value}`)
    .sort()
}
