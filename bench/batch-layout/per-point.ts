import avro from 'avsc'
import type { Candidate } from './candidate.ts'
import type { Dataset } from './dataset.ts'

interface PerPoint {
  readonly name: string
  readonly kind: string
  readonly unit: string
  readonly timeMs: number
  readonly value: number
  readonly labels: Readonly<Record<string, string>>
}

const type = avro.Type.forSchema({
  type: 'array',
  items: {
    type: 'record',
    name: 'Point',
    fields: [
      { name: 'name', type: 'string' },
      { name: 'kind', type: 'string' },
      { name: 'unit', type: 'string' },
      { name: 'timeMs', type: 'long' },
      { name: 'value', type: 'double' },
      { name: 'labels', type: { type: 'map', values: 'string' } },
    ],
  },
})

/** One object per point with all its labels, those of the resource too: what services pass around before anybody measures. */
export function jsonCandidate(data: Dataset): Candidate {
  const points = flatten(data)
  return {
    name: 'JSON, a record per point',
    encode: () => Buffer.from(JSON.stringify(points), 'utf8'),
    decode: (bytes) =>
      sum(JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')) as PerPoint[]),
    decodeCached: null,
  }
}

export function avroPerPointCandidate(data: Dataset): Candidate {
  const points = flatten(data)
  return {
    name: 'Avro, a record per point',
    encode: () => type.toBuffer(points),
    decode: (bytes) => sum(type.fromBuffer(bytes as Buffer) as PerPoint[]),
    decodeCached: null,
  }
}

function flatten(data: Dataset): PerPoint[] {
  return data.groups.flatMap((group) =>
    group.series.flatMap(({ identity, samples }) =>
      samples.map(({ timeMs, value }) => {
        const { name, kind, unit } = identity
        const all = [...group.identity.resource, ...identity.attributes]
        const labels = Object.fromEntries(all.map((attribute) => [attribute.key, attribute.value]))
        // JSON has no NaN.
        return { name, kind, unit, timeMs, value: Number.isFinite(value) ? value : 0, labels }
      }),
    ),
  )
}

function sum(points: readonly PerPoint[]): number {
  return points.reduce((total, { value }) => total + value, 0)
}
