import type { Attribute, GroupIdentity, SeriesIdentity } from '@pegel/contracts'

export interface Sample {
  readonly timeMs: number
  readonly value: number
}

export interface Series {
  readonly identity: SeriesIdentity
  readonly startTimeMs: number
  readonly samples: readonly Sample[]
}

export interface Group {
  readonly identity: GroupIdentity
  readonly series: readonly Series[]
}

/** What one request or merge of requests holds. */
export interface Dataset {
  readonly name: string
  readonly groups: readonly Group[]
  readonly points: number
}

export function dataset(name: string, groups: readonly Group[]): Dataset {
  const points = groups.reduce(
    (sum, { series }) => sum + series.reduce((all, { samples }) => all + samples.length, 0),
    0,
  )
  return { name, groups, points }
}

export function attributes(values: Readonly<Record<string, string>>): Attribute[] {
  return Object.entries(values).map(([key, value]) => ({ key, value }))
}
