/**
 * Which layout of a batch is smallest on the wire and cheapest to write and read? The answer is docs/adr/0001-metric-batch-layout.md.
 * Rates are million points per second of CPU time.
 */
import { constants, zstdCompressSync } from 'node:zlib'
import { groupedCandidate, inlineCandidate, noFingerprintCandidate } from './batch-layout/blocks.ts'
import type { Candidate } from './batch-layout/candidate.ts'
import type { Dataset } from './batch-layout/dataset.ts'
import { collectorDataset, sdkDataset } from './batch-layout/otlp.ts'
import { avroPerPointCandidate, jsonCandidate } from './batch-layout/per-point.ts'
import { scrapeDataset } from './batch-layout/scrape.ts'
import { symbolsCandidate } from './batch-layout/symbols.ts'
import type { Subject } from './support/measure.ts'
import { measureRates } from './support/measure.ts'
import type { Column, Row } from './support/report.ts'
import { argument, machine, renderTable, writeJson } from './support/report.ts'

const COLUMNS: readonly Column[] = [
  { key: 'layout', title: 'layout' },
  { key: 'raw', title: 'B/point' },
  { key: 'zstd1', title: 'zstd-1' },
  { key: 'zstd3', title: 'zstd-3' },
  { key: 'encode', title: 'encode M/s' },
  { key: 'compressed', title: '+ zstd-1 M/s' },
  { key: 'decode', title: 'decode M/s' },
  { key: 'cached', title: 'cached M/s' },
]

const MAKERS = [
  jsonCandidate,
  avroPerPointCandidate,
  symbolsCandidate,
  inlineCandidate,
  groupedCandidate,
  noFingerprintCandidate,
]
const rounds = Number(argument('rounds') ?? 5)
const results: Record<string, readonly Row[]> = {}

process.stdout.write(`${machine()}; ${rounds} rounds\n`)
for (const data of [scrapeDataset(1), scrapeDataset(8), sdkDataset(1000), collectorDataset(100, 40)]) {
  const rows = measure(data)
  results[data.name] = rows
  process.stdout.write(`\n${data.name} (${data.points} points)\n\n${renderTable(COLUMNS, rows)}\n`)
}
writeJson(results)

function measure(data: Dataset): Row[] {
  const candidates = MAKERS.map((make) => make(data))
  const subjects = candidates.flatMap((candidate) => subjectsOf(candidate, data.points))
  const rates = measureRates(subjects, { rounds, roundMs: 80 })
  const millions = (name: string): number | string => {
    const rate = rates.get(name)
    return rate === undefined ? '–' : rate / 1e6
  }
  return candidates.map((candidate) => {
    const bytes = candidate.encode()
    const { name } = candidate
    return {
      layout: name,
      raw: bytes.length / data.points,
      zstd1: zstd(bytes, 1).length / data.points,
      zstd3: zstd(bytes, 3).length / data.points,
      encode: millions(`${name} encode`),
      compressed: millions(`${name} compressed`),
      decode: millions(`${name} decode`),
      cached: millions(`${name} cached`),
    }
  })
}

function subjectsOf(candidate: Candidate, points: number): Subject[] {
  const { name, decodeCached } = candidate
  const bytes = Buffer.from(candidate.encode())
  const expected = candidate.decode(bytes)
  const check = (sum: number): void => {
    if (!Object.is(sum, expected)) throw new Error(`${name} read ${sum} where ${expected} was written`)
  }
  const subjects: Subject[] = [
    { name: `${name} encode`, units: points, run: () => void candidate.encode() },
    { name: `${name} compressed`, units: points, run: () => void zstd(candidate.encode(), 1) },
    { name: `${name} decode`, units: points, run: () => check(candidate.decode(bytes)) },
  ]
  if (decodeCached !== null) {
    subjects.push({ name: `${name} cached`, units: points, run: () => check(decodeCached(bytes)) })
  }
  return subjects
}

function zstd(bytes: Uint8Array, level: number): Buffer {
  return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: level } })
}
