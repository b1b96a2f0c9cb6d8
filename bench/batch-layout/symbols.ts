import type { Attribute } from '@pegel/contracts'
import avro from 'avsc'
import type { Candidate } from './candidate.ts'
import type { Dataset } from './dataset.ts'

const ints = { type: 'array', items: 'int' } as const
const type = avro.Type.forSchema({
  type: 'record',
  name: 'Batch',
  fields: [
    { name: 'symbols', type: { type: 'array', items: 'string' } },
    { name: 'baseMs', type: 'long' },
    { name: 'resources', type: { type: 'array', items: ints } },
    {
      name: 'series',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'Series',
          fields: [
            { name: 'resource', type: 'int' },
            { name: 'name', type: 'int' },
            { name: 'kind', type: 'int' },
            { name: 'unit', type: 'int' },
            { name: 'labels', type: ints },
            { name: 'times', type: { type: 'array', items: 'long' } },
            { name: 'values', type: { type: 'array', items: 'double' } },
          ],
        },
      },
    },
  ],
})

interface Encoded {
  readonly symbols: readonly string[]
  readonly resources: readonly (readonly number[])[]
  readonly series: readonly {
    readonly resource: number
    readonly name: number
    readonly kind: number
    readonly unit: number
    readonly values: readonly number[]
    readonly labels: readonly number[]
  }[]
}

/** As remote write 2.0 does it: each string once per record, series refer to strings by number. */
export function symbolsCandidate(data: Dataset): Candidate {
  const known = new Set<string>()
  readKeys(type.toBuffer(toSymbols(data)), (key) => known.add(key))
  return {
    name: 'Avro, symbol table',
    encode: () => type.toBuffer(toSymbols(data)),
    decode: (bytes) => {
      const { symbols, resources, series } = type.fromBuffer(bytes as Buffer) as Encoded
      const parsed = resources.map((references) => toAttributes(symbols, references))
      let total = 0
      for (const { resource, labels, values } of series) {
        if (parsed[resource] === undefined || toAttributes(symbols, labels).length * 2 !== labels.length) return NaN
        for (const value of values) total += value
      }
      return total
    },
    decodeCached: (bytes) => {
      let found = 0
      const read = readKeys(bytes, (key) => {
        if (known.has(key)) found++
      })
      return found === data.points ? read : NaN
    },
  }
}

/** Numbers differ from record to record, so a series is found by a key of its strings. */
function readKeys(bytes: Uint8Array, onKey: (key: string) => void): number {
  const { symbols, resources, series } = type.fromBuffer(bytes as Buffer) as Encoded
  const keyOf = (references: readonly number[]): string => {
    let key = ''
    for (const reference of references) key += `${symbols[reference] ?? ''}\0`
    return key
  }
  const prefixes = resources.map(keyOf)
  let total = 0
  for (const { resource, name, kind, unit, labels, values } of series) {
    onKey(`${prefixes[resource] ?? ''}\0${keyOf([name, kind, unit])}${keyOf(labels)}`)
    for (const value of values) total += value
  }
  return total
}

function toAttributes(symbols: readonly string[], references: readonly number[]): Attribute[] {
  const attributes: Attribute[] = []
  for (let index = 0; index + 1 < references.length; index += 2) {
    attributes.push({ key: symbols[references[index] ?? 0] ?? '', value: symbols[references[index + 1] ?? 0] ?? '' })
  }
  return attributes
}

function toSymbols(data: Dataset): unknown {
  const numbers = new Map<string, number>()
  const symbol = (text: string): number => {
    let number = numbers.get(text)
    if (number === undefined) {
      number = numbers.size
      numbers.set(text, number)
    }
    return number
  }
  const pairs = (attributes: readonly Attribute[]): number[] => {
    const references: number[] = []
    for (const { key, value } of attributes) references.push(symbol(key), symbol(value))
    return references
  }
  const baseMs = data.groups[0]?.series[0]?.samples[0]?.timeMs ?? 0
  const resources = data.groups.map(({ identity }) => pairs(identity.resource))
  const series = data.groups.flatMap((group, resource) =>
    group.series.map(({ identity, samples }) => ({
      resource,
      name: symbol(identity.name),
      kind: symbol(identity.kind),
      unit: symbol(identity.unit),
      labels: pairs(identity.attributes),
      times: samples.map(({ timeMs }) => timeMs - baseMs),
      values: samples.map(({ value }) => value),
    })),
  )
  return { symbols: [...numbers.keys()], baseMs, resources, series }
}
