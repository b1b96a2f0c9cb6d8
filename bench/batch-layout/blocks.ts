import type { PointsChunk } from '@pegel/contracts'
import {
  encodeGroupBlock,
  encodeSeriesBlock,
  fingerprintOf,
  parseGroupBlock,
  parseSeriesBlock,
  PointsWriter,
  readBatch,
  sealBatch,
  SeriesCache,
} from '@pegel/contracts'
import type { Candidate } from './candidate.ts'
import type { Dataset, Sample } from './dataset.ts'

const HEAD = {
  tenant: 'acme',
  batchId: Buffer.alloc(16, 1),
  configVersion: 1,
  receivedAtMs: 1_760_000_000_500,
  protocol: 'otlp_http',
  refused: [],
  source: null,
}

interface CachedSeries {
  readonly groupBlock: Buffer
  readonly fingerprintHi: number
  readonly fingerprintLo: number
  readonly block: Buffer
  readonly startTimeMs: number
  readonly startTimeNs: number
  readonly samples: readonly Sample[]
}

/** MetricBatch: a resource once per group, label blocks copied from the writer's cache. */
export function groupedCandidate(data: Dataset): Candidate {
  return blocksCandidate('label blocks, grouped (MetricBatch)', data, {})
}

/** The same with the resource before every series: no grouping to keep when series of several requests are mixed. */
export function inlineCandidate(data: Dataset): Candidate {
  return blocksCandidate('label blocks, resource inline', data, { inline: true })
}

/** MetricBatch without fingerprints: what these 8 bytes of noise cost, and what it costs to find a series by its block instead. */
export function noFingerprintCandidate(data: Dataset): Candidate {
  return blocksCandidate('the same, fingerprints 0', data, { fingerprints: false })
}

interface BlocksOptions {
  readonly inline?: boolean
  readonly fingerprints?: boolean
}

function blocksCandidate(name: string, data: Dataset, options: BlocksOptions): Candidate {
  const { inline = false, fingerprints = true } = options
  const made = cachedSeries(data)
  const series = fingerprints ? made : made.map((one) => ({ ...one, fingerprintHi: 0, fingerprintLo: 0 }))
  const writer = new PointsWriter()
  const cache = new SeriesCache<number>()
  const encode = (): Buffer => sealBatch({ ...HEAD, received: data.points }, [writeAll(writer, series, inline)])
  for (const run of readBatch(encode()).points.series) cache.set(HEAD.tenant, run, 1)
  return { name, encode, decode: decodeParsed, decodeCached: (bytes) => decodeCached(bytes, cache) }
}

function cachedSeries(data: Dataset): CachedSeries[] {
  return data.groups.flatMap(({ identity: group, series }) => {
    const groupBlock = encodeGroupBlock(group)
    return series.map(({ identity, startTimeMs, samples }) => {
      const { hi, lo } = fingerprintOf(group, identity)
      const block = encodeSeriesBlock(identity)
      return { groupBlock, fingerprintHi: hi, fingerprintLo: lo, block, startTimeMs, startTimeNs: 0, samples }
    })
  })
}

function writeAll(writer: PointsWriter, series: readonly CachedSeries[], inline: boolean): PointsChunk {
  let group: Buffer | undefined
  for (const one of series) {
    if (inline || one.groupBlock !== group) writer.beginGroup(one.groupBlock)
    group = one.groupBlock
    writer.beginSeries(one)
    for (const { timeMs, value } of one.samples) writer.number(timeMs, 0, value, 0)
  }
  return writer.take()
}

/** Every label parsed into strings, as for series that are met for the first time. */
function decodeParsed(bytes: Uint8Array): number {
  const { points } = readBatch(bytes)
  let total = 0
  let group: unknown
  for (const run of points.series) {
    if (run.group !== group) total += parseGroupBlock(run.group.block).resource.length * 0
    group = run.group
    total += parseSeriesBlock(run.block).attributes.length * 0
  }
  return total + sum(points.columns.value)
}

/** Each series found in a stage's cache, with its identity compared: what a sink does in steady state. */
function decodeCached(bytes: Uint8Array, cache: SeriesCache<number>): number {
  const { envelope, points } = readBatch(bytes)
  let found = 0
  for (const run of points.series) found += cache.get(envelope.tenant, run) ?? 0
  if (found !== points.series.length) throw new Error('a series was not in the cache')
  return sum(points.columns.value)
}

function sum(values: Float64Array): number {
  let total = 0
  for (const value of values) total += value
  return total
}
