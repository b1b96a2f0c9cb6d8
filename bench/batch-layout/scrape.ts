import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MetricKind } from '@pegel/contracts'
import type { Dataset, Group, Series } from './dataset.ts'
import { attributes, dataset } from './dataset.ts'

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g

/** A recorded scrape of node_exporter 1.5, as several machines would send it: the same series, other instance, other values. */
export function scrapeDataset(machines: number): Dataset {
  const text = readFileSync(join(process.cwd(), 'bench/data/node-exporter.prom'), 'utf8')
  const groups = Array.from({ length: machines }, (_, index) => scrape(text, index))
  return dataset(machines === 1 ? 'node_exporter, 1 scrape' : `node_exporter, ${machines} machines`, groups)
}

function scrape(text: string, machine: number): Group {
  const timeMs = 1_760_000_000_000 + machine * 137
  const types = new Map<string, string>()
  const series: Series[] = []
  for (const line of text.split('\n')) {
    const [, typed, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? []
    if (typed !== undefined && type !== undefined) types.set(typed, type)
    const [, name, labels, value] = SAMPLE.exec(line) ?? []
    if (name === undefined) continue
    const kind: MetricKind = types.get(name) === 'counter' ? 'sum' : 'gauge'
    const identity = {
      name,
      kind,
      temporality: kind === 'sum' ? 'cumulative' : 'unspecified',
      monotonic: kind === 'sum',
      unit: '',
      attributes: [...(labels ?? '').matchAll(LABEL)].map(([, key, label]) => ({ key: key ?? '', value: label ?? '' })),
    } as const
    const samples = [{ timeMs, value: vary(Number(value), machine, series.length) }]
    series.push({ identity, startTimeMs: 0, samples })
  }
  const resource = attributes({
    'service.instance.id': `10.0.${machine >> 8}.${machine & 255}:9100`,
    'service.name': 'node',
  })
  return { identity: { resource, scope: { name: '', version: '', attributes: [] } }, series }
}

/** No two machines report the same values, save for those that are 0 or 1. */
function vary(value: number, machine: number, index: number): number {
  if (machine === 0 || value === 0 || value === 1 || !Number.isFinite(value)) return value
  const varied = value * (1 + ((machine * 7919 + index * 104_729) % 1000) / 5000)
  return Number.isInteger(value) ? Math.round(varied) : varied
}
